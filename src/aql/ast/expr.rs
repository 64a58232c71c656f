//! Expressions.

use super::{Name, Query, Span};

/// An expression. Variants wrap named structs, so that printing, lowering and evaluation split by node.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `null`, `true`, `12`, `1.5e3`, `0x1F`, `0b101`, `"text"`.
    Literal(Literal),
    /// `[a, b]`
    Array(Array),
    /// `{ a: 1, [k]: 2, b, "c": 3, @d: 4 }`
    Object(Object),
    /// A variable or a collection: `doc`, `users`, `OLD`, `NEW`, `CURRENT`.
    Name(Name),
    /// `@value` or `@@collection`.
    Bind(Bind),
    /// `doc.name`, `doc.@attr`
    Attribute(Attribute),
    /// `doc["name"]`, `list[0]`, `list[-1]`
    Index(Index),
    /// `list[*].name`, `list[** FILTER … LIMIT … RETURN …]`
    Expansion(Expansion),
    /// `list[? ANY FILTER …]`
    ArrayFilter(ArrayFilter),
    /// `NOT x`, `-x`, `+x`
    Unary(Unary),
    /// `a + b`, `a == b`, `a AND b`, `a IN b`, `a LIKE b`, …
    Binary(Binary),
    /// `list ANY == value`
    ArrayComparison(ArrayComparison),
    /// `a ? b : c`, and `a ?: c`
    Ternary(Ternary),
    /// `1..10`
    Range(RangeExpr),
    /// `LENGTH(x)`, `my::fn(x)`
    Call(Call),
    /// `(FOR … RETURN …)`
    Subquery(Subquery),
}

/// A literal value.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// What it is.
    pub value: LiteralValue,
    /// Where it stands.
    pub span: Span,
}

/// The values a literal can have.
#[derive(Debug, Clone, PartialEq)]
pub enum LiteralValue {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number. Infinite when the number written is out of range: it then means `null`, with warning 1504.
    Double(f64),
    /// A quoted text, escapes resolved.
    String(String),
}

/// `[a, b]`
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The elements.
    pub items: Vec<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// `{ a: 1 }`
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The attributes, in order; a repeated name is allowed and the first one wins.
    pub entries: Vec<ObjectEntry>,
    /// Where it stands.
    pub span: Span,
}

/// One attribute of an object literal. The shorthand `{ a }` is stored as `{ a: a }`.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectEntry {
    /// The attribute's name.
    pub key: ObjectKey,
    /// Its value.
    pub value: Expr,
}

/// The name of an attribute in an object literal.
#[derive(Debug, Clone, PartialEq)]
pub enum ObjectKey {
    /// `a` or `"a"`
    Name(Name),
    /// `@a`
    Bind(Bind),
    /// `[expression]`
    Computed(Box<Expr>),
}

/// A bind parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Bind {
    /// Its name without any at sign.
    pub name: String,
    /// Written with two at signs: stands for a collection or view.
    pub collection: bool,
    /// Where it stands.
    pub span: Span,
}

/// `value.name`
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// What is accessed.
    pub value: Box<Expr>,
    /// The attribute.
    pub name: AttributeName,
    /// Where the whole expression stands.
    pub span: Span,
}

/// The attribute after a dot.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeName {
    /// `.name`
    Name(Name),
    /// `.@name`
    Bind(Bind),
}

/// `value[index]`
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// What is accessed.
    pub value: Box<Expr>,
    /// A number counts elements (from the end when negative), a string names an attribute.
    pub index: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// `value[*]`, with everything that follows it: the suffixes apply to each element.
///
/// `a[*].b.c` is one expansion over `a` whose `projection` is `CURRENT.b.c`; an inline `RETURN` gives the projection
/// before the suffixes. `depth` counts the asterisks: 1 expands, each further one flattens one more level.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// What is expanded.
    pub value: Box<Expr>,
    /// The number of asterisks, at least 1.
    pub depth: u32,
    /// Inline `FILTER`, in which `CURRENT` is the element.
    pub filter: Option<Box<Expr>>,
    /// Inline `LIMIT`: offset and count.
    pub limit: Option<(Option<Box<Expr>>, Box<Expr>)>,
    /// Inline `RETURN`, in which `CURRENT` is the element.
    pub map: Option<Box<Expr>>,
    /// The accesses after the bracket (`.b[0].c`), as an expression over the name `CURRENT`; a further `[*]` among
    /// them nests an expansion here. Applied after `map`.
    pub suffix: Option<Box<Expr>>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// `value[? quantifier FILTER condition]`: true when as many elements as the quantifier says meet the condition.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayFilter {
    /// The array.
    pub value: Box<Expr>,
    /// How many elements have to match; `None` in the form `[?]` and when only `FILTER` is given (then any).
    pub quantifier: Option<ArrayFilterQuantifier>,
    /// The condition, in which `CURRENT` is the element; `None` in the form `[?]`.
    pub condition: Option<Box<Expr>>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// How many elements have to match in `[? … FILTER …]`.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrayFilterQuantifier {
    /// `ANY`, `ALL`, `NONE`, `AT LEAST (n)`
    Quantifier(Quantifier),
    /// A number or a range of numbers.
    Count(Box<Expr>),
}

/// `NOT x`
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// The operator.
    pub operator: UnaryOperator,
    /// Its operand.
    pub operand: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `NOT`, `!`
    Not,
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// `left operator right`
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// The operator.
    pub operator: BinaryOperator,
    /// The left operand.
    pub left: Box<Expr>,
    /// The right operand.
    pub right: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `OR`, `||`
    Or,
    /// `AND`, `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `LIKE`
    Like,
    /// `NOT LIKE`
    NotLike,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// `left ANY == right`
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayComparison {
    /// The array on the left.
    pub left: Box<Expr>,
    /// How many of its elements have to compare.
    pub quantifier: Quantifier,
    /// A comparison: `Eq` … `Ge`, `In`, `NotIn`, `Like`, `NotLike`, `Matches`, `NotMatches`.
    pub operator: BinaryOperator,
    /// The right operand.
    pub right: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// How many elements of an array have to meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantifier {
    /// `ANY`
    Any,
    /// `ALL`
    All,
    /// `NONE`
    None,
    /// `AT LEAST (n)`
    AtLeast(Box<Expr>),
}

/// `condition ? then : otherwise`
#[derive(Debug, Clone, PartialEq)]
pub struct Ternary {
    /// The condition.
    pub condition: Box<Expr>,
    /// `None` in the short form `a ?: b`, which gives the condition itself.
    pub then: Option<Box<Expr>>,
    /// The other branch.
    pub otherwise: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// `low..high`
#[derive(Debug, Clone, PartialEq)]
pub struct RangeExpr {
    /// The first number.
    pub low: Box<Expr>,
    /// The last number, included.
    pub high: Box<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// `NAME(argument, …)`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The name in upper case; user-defined ones hold `::`.
    pub name: String,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Where the whole expression stands.
    pub span: Span,
}

/// `(FOR … RETURN …)`
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    /// The query inside; its `with` is empty.
    pub query: Box<Query>,
    /// Where it stands, brackets included.
    pub span: Span,
}

impl Expr {
    /// Where the expression stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Literal(node) => node.span,
            Self::Array(node) => node.span,
            Self::Object(node) => node.span,
            Self::Name(node) => node.span,
            Self::Bind(node) => node.span,
            Self::Attribute(node) => node.span,
            Self::Index(node) => node.span,
            Self::Expansion(node) => node.span,
            Self::ArrayFilter(node) => node.span,
            Self::Unary(node) => node.span,
            Self::Binary(node) => node.span,
            Self::ArrayComparison(node) => node.span,
            Self::Ternary(node) => node.span,
            Self::Range(node) => node.span,
            Self::Call(node) => node.span,
            Self::Subquery(node) => node.span,
        }
    }
}
