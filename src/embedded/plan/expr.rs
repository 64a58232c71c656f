//! Expressions as they are executed: names have become registers, bind parameters values, function names functions.

use std::sync::Arc;

use crate::{
    aql::ast::{BinaryOperator, UnaryOperator},
    embedded::{
        functions::Function,
        plan::{key::Set, node::Block},
        value::{Str, Value},
    },
    wire::CollectionName,
};

/// What is shown the parts of an expression.
pub type ChildVisitor<'a> = dyn FnMut(&mut Expr) + 'a;

/// A place in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Register(pub u32);

impl Register {
    /// The place as an index.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A value known when the query was planned.
    Constant(Value),
    /// A variable.
    Register(Register),
    /// `CURRENT` of the array operator at this nesting depth, counted from the outermost.
    Current(usize),
    /// `[a, b]`
    Array(Vec<Self>),
    /// `{ a: 1 }`
    Object(Vec<ObjectEntry>),
    /// `value.name`
    Attribute(Box<Attribute>),
    /// `value[index]`
    Index(Box<Index>),
    /// `value[*]`
    Expansion(Box<Expansion>),
    /// `value[? FILTER …]`
    ArrayFilter(Box<ArrayFilter>),
    /// `NOT x`
    Unary(Box<Unary>),
    /// `a + b`
    Binary(Box<Binary>),
    /// `a IN [ … ]`
    Member(Box<Member>),
    /// `a ANY == b`
    ArrayComparison(Box<ArrayComparison>),
    /// `a ? b : c`
    Ternary(Box<Ternary>),
    /// `a..b`
    Range(Box<(Self, Self)>),
    /// `NAME(a, b)`
    Call(Box<Call>),
    /// `LENGTH(collection)`
    CollectionCount(CollectionName),
    /// `(FOR … RETURN …)`
    Subquery(Box<Subquery>),
    /// Evaluated at most once in a query, since it depends on no row.
    Once(Box<Once>),
}

/// One attribute of an object.
#[derive(Debug, Clone)]
pub struct ObjectEntry {
    /// Its name.
    pub key: ObjectKey,
    /// Its value.
    pub value: Expr,
}

/// The name of an attribute.
#[derive(Debug, Clone)]
pub enum ObjectKey {
    /// Known.
    Name(Str),
    /// Computed, cast to a text.
    Computed(Expr),
}

/// `value.name`
#[derive(Debug, Clone)]
pub struct Attribute {
    /// What is accessed.
    pub value: Expr,
    /// The attribute.
    pub name: Str,
}

/// `value[index]`
#[derive(Debug, Clone)]
pub struct Index {
    /// What is accessed.
    pub value: Expr,
    /// A number or a name.
    pub index: Expr,
}

/// `value[*]`
#[derive(Debug, Clone)]
pub struct Expansion {
    /// What is expanded.
    pub value: Expr,
    /// The number of asterisks.
    pub depth: u32,
    /// Inline `FILTER`.
    pub filter: Option<Expr>,
    /// Inline `LIMIT`: offset and count.
    pub limit: Option<(Expr, Expr)>,
    /// What becomes of each element that is left: the inline `RETURN`.
    pub map: Option<Expr>,
    /// What becomes of each of those: the accesses after the bracket.
    pub suffix: Option<Expr>,
}

/// `value[? quantifier FILTER condition]`
#[derive(Debug, Clone)]
pub struct ArrayFilter {
    /// The array.
    pub value: Expr,
    /// How many elements have to match.
    pub quantifier: ArrayFilterQuantifier,
    /// The condition; without one every element matches.
    pub condition: Option<Expr>,
}

/// How many elements have to match in an array filter.
#[derive(Debug, Clone)]
pub enum ArrayFilterQuantifier {
    /// By quantifier.
    Quantifier(Quantifier),
    /// A number, or a range of numbers.
    Count(Expr),
}

/// How many elements of an array have to meet a condition.
#[derive(Debug, Clone)]
pub enum Quantifier {
    /// `ANY`
    Any,
    /// `ALL`
    All,
    /// `NONE`
    None,
    /// `AT LEAST (n)`
    AtLeast(Expr),
}

/// An operator with one operand.
#[derive(Debug, Clone)]
pub struct Unary {
    /// The operator.
    pub operator: UnaryOperator,
    /// Its operand.
    pub operand: Expr,
}

/// An operator with two operands.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The operator.
    pub operator: BinaryOperator,
    /// The left operand.
    pub left: Expr,
    /// The right operand.
    pub right: Expr,
}

/// `value IN list`, the list being long and constant.
#[derive(Debug, Clone)]
pub struct Member {
    /// What is looked for.
    pub value: Expr,
    /// What it is looked for in.
    pub set: Arc<Set>,
    /// The same as an array.
    pub list: Value,
    /// `NOT IN`
    pub negated: bool,
}

/// `left ANY == right`
#[derive(Debug, Clone)]
pub struct ArrayComparison {
    /// The array.
    pub left: Expr,
    /// How many elements have to compare.
    pub quantifier: Quantifier,
    /// The comparison.
    pub operator: BinaryOperator,
    /// The right operand.
    pub right: Expr,
}

/// `condition ? then : otherwise`
#[derive(Debug, Clone)]
pub struct Ternary {
    /// The condition.
    pub condition: Expr,
    /// `None` gives the condition itself.
    pub then: Option<Expr>,
    /// The other branch.
    pub otherwise: Expr,
}

/// A function call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// Its arguments; their number has been checked.
    pub arguments: Vec<Expr>,
}

/// A query within an expression.
#[derive(Debug, Clone)]
pub struct Subquery {
    /// The query.
    pub block: Block,
    /// Whether it writes.
    pub modifies: bool,
}

/// An expression that depends on no row.
#[derive(Debug, Clone)]
pub struct Once {
    /// Where its value is kept.
    pub slot: usize,
    /// The expression.
    pub value: Expr,
}

impl Expr {
    /// The constant `null`.
    pub const NULL: Self = Self::Constant(Value::Null);

    /// A constant text.
    pub fn text(text: &str) -> Self {
        Self::Constant(Value::string(text))
    }

    /// The value, when it is known.
    pub fn constant(&self) -> Option<&Value> {
        if let Self::Constant(value) = self { Some(value) } else { None }
    }

    /// `left operator right`
    pub fn binary(operator: BinaryOperator, left: Self, right: Self) -> Self {
        Self::Binary(Box::new(Binary { operator, left, right }))
    }

    /// Shows every direct part of the expression to the visitor; for a subquery all expressions of its nodes.
    pub fn children(&mut self, visitor: &mut ChildVisitor<'_>) {
        match self {
            Self::Constant(_) | Self::Register(_) | Self::Current(_) | Self::CollectionCount(_) => {}
            Self::Array(items) => items.iter_mut().for_each(visitor),
            Self::Object(entries) => {
                for entry in entries {
                    if let ObjectKey::Computed(key) = &mut entry.key {
                        visitor(key);
                    }
                    visitor(&mut entry.value);
                }
            }
            Self::Attribute(node) => visitor(&mut node.value),
            Self::Index(node) => {
                visitor(&mut node.value);
                visitor(&mut node.index);
            }
            Self::Expansion(node) => node.children(visitor),
            Self::ArrayFilter(node) => {
                visitor(&mut node.value);
                match &mut node.quantifier {
                    ArrayFilterQuantifier::Quantifier(quantifier) => quantifier.children(visitor),
                    ArrayFilterQuantifier::Count(count) => visitor(count),
                }
                node.condition.iter_mut().for_each(visitor);
            }
            Self::Unary(node) => visitor(&mut node.operand),
            Self::Binary(node) => {
                visitor(&mut node.left);
                visitor(&mut node.right);
            }
            Self::Member(node) => visitor(&mut node.value),
            Self::ArrayComparison(node) => {
                visitor(&mut node.left);
                node.quantifier.children(visitor);
                visitor(&mut node.right);
            }
            Self::Ternary(node) => {
                visitor(&mut node.condition);
                node.then.iter_mut().for_each(&mut *visitor);
                visitor(&mut node.otherwise);
            }
            Self::Range(bounds) => {
                visitor(&mut bounds.0);
                visitor(&mut bounds.1);
            }
            Self::Call(node) => node.arguments.iter_mut().for_each(visitor),
            Self::Subquery(node) => node.block.expressions(visitor),
            Self::Once(node) => visitor(&mut node.value),
        }
    }
}

impl Expansion {
    fn children(&mut self, visitor: &mut ChildVisitor<'_>) {
        visitor(&mut self.value);
        self.filter.iter_mut().for_each(&mut *visitor);
        if let Some((offset, count)) = &mut self.limit {
            visitor(offset);
            visitor(count);
        }
        self.map.iter_mut().for_each(&mut *visitor);
        self.suffix.iter_mut().for_each(visitor);
    }
}

impl Quantifier {
    fn children(&mut self, visitor: &mut ChildVisitor<'_>) {
        match self {
            Self::Any | Self::All | Self::None => {}
            Self::AtLeast(count) => visitor(count),
        }
    }
}
