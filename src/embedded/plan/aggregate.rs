//! The functions that `AGGREGATE` knows.

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateKind {
    /// `COUNT`, `LENGTH`: how many rows.
    Count,
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `SUM`
    Sum,
    /// `AVERAGE`, `AVG`
    Average,
    /// `VARIANCE_POPULATION`, `VARIANCE`
    VariancePopulation,
    /// `VARIANCE_SAMPLE`
    VarianceSample,
    /// `STDDEV_POPULATION`, `STDDEV`
    StddevPopulation,
    /// `STDDEV_SAMPLE`
    StddevSample,
    /// `UNIQUE`
    Unique,
    /// `SORTED_UNIQUE`
    SortedUnique,
    /// `COUNT_DISTINCT`, `COUNT_UNIQUE`
    CountDistinct,
    /// `BIT_AND`
    BitAnd,
    /// `BIT_OR`
    BitOr,
    /// `BIT_XOR`
    BitXor,
    /// `PUSH`
    Push,
}

const NAMES: &[(&str, AggregateKind)] = &[
    ("COUNT", AggregateKind::Count),
    ("LENGTH", AggregateKind::Count),
    ("MIN", AggregateKind::Min),
    ("MAX", AggregateKind::Max),
    ("SUM", AggregateKind::Sum),
    ("AVERAGE", AggregateKind::Average),
    ("AVG", AggregateKind::Average),
    ("VARIANCE_POPULATION", AggregateKind::VariancePopulation),
    ("VARIANCE", AggregateKind::VariancePopulation),
    ("VARIANCE_SAMPLE", AggregateKind::VarianceSample),
    ("STDDEV_POPULATION", AggregateKind::StddevPopulation),
    ("STDDEV", AggregateKind::StddevPopulation),
    ("STDDEV_SAMPLE", AggregateKind::StddevSample),
    ("UNIQUE", AggregateKind::Unique),
    ("SORTED_UNIQUE", AggregateKind::SortedUnique),
    ("COUNT_DISTINCT", AggregateKind::CountDistinct),
    ("COUNT_UNIQUE", AggregateKind::CountDistinct),
    ("BIT_AND", AggregateKind::BitAnd),
    ("BIT_OR", AggregateKind::BitOr),
    ("BIT_XOR", AggregateKind::BitXor),
    ("PUSH", AggregateKind::Push),
];

impl AggregateKind {
    /// The function of this name (in upper case).
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}
