//! `COLLECT`: groups by hash; they come out in order of their criteria.

use std::{cmp::Ordering, collections::HashMap};

use super::{Context, Operator, aggregate::Accumulator, set};
use crate::embedded::{
    error::Error,
    eval::{Row, eval},
    plan::{key::Key, node::Collect},
    value::{Value, order},
};

struct Group {
    values: Vec<Value>,
    accumulators: Vec<Accumulator>,
    members: Vec<Value>,
    count: usize,
}

pub(super) struct Collector<'p, 'a> {
    node: &'p Collect,
    input: Box<dyn Operator<'a> + 'p>,
    groups: Option<std::vec::IntoIter<Group>>,
}

impl<'p, 'a> Collector<'p, 'a> {
    pub(super) fn new(node: &'p Collect, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, groups: None }
    }

    fn group(&self, values: Vec<Value>) -> Group {
        let accumulators = self.node.aggregates.iter().map(|aggregate| Accumulator::new(aggregate.kind)).collect();
        Group { values, accumulators, members: Vec::new(), count: 0 }
    }

    fn read(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<Vec<Group>, Error> {
        let mut groups: Vec<Group> = Vec::new();
        let mut known: HashMap<Key, usize, foldhash::fast::RandomState> = HashMap::default();
        while self.input.next(row, context)? {
            context.poll()?;
            let mut values = Vec::with_capacity(self.node.groups.len());
            for group in &self.node.groups {
                values.push(eval(&group.value, row, context)?);
            }
            let key = Key(values);
            let at = if let Some(at) = known.get(&key) {
                *at
            } else {
                context.hold(&Value::array(key.0.clone()))?;
                groups.push(self.group(key.0.clone()));
                known.insert(key, groups.len() - 1);
                groups.len() - 1
            };
            if let Some(group) = groups.get_mut(at) {
                self.add(group, row, context)?;
            }
        }
        if groups.is_empty() && self.node.groups.is_empty() {
            groups.push(self.group(Vec::new()));
        }
        groups.sort_by(|a, b| compare(&a.values, &b.values));
        Ok(groups)
    }

    fn add(&self, group: &mut Group, row: &Row, context: &mut Context<'_>) -> Result<(), Error> {
        group.count += 1;
        for (accumulator, aggregate) in group.accumulators.iter_mut().zip(&self.node.aggregates) {
            let value = eval(&aggregate.argument, row, context)?;
            let bytes = accumulator.add(value);
            context.allocate(bytes)?;
        }
        if let Some(into) = &self.node.into {
            let member = eval(&into.value, row, context)?;
            context.hold(&member)?;
            group.members.push(member);
        }
        Ok(())
    }
}

impl<'a> Operator<'a> for Collector<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        if self.groups.is_none() {
            let groups = self.read(row, context)?;
            self.groups = Some(groups.into_iter());
        }
        let Some(group) = self.groups.as_mut().and_then(Iterator::next) else {
            return Ok(false);
        };
        for (node, value) in self.node.groups.iter().zip(group.values) {
            set(row, node.out, value);
        }
        for (node, accumulator) in self.node.aggregates.iter().zip(&group.accumulators) {
            set(row, node.out, accumulator.result());
        }
        if let Some(into) = &self.node.into {
            set(row, into.out, Value::array(group.members));
        }
        if let Some(count) = self.node.count {
            set(row, count, Value::count(group.count));
        }
        Ok(true)
    }
}

fn compare(left: &[Value], right: &[Value]) -> Ordering {
    left.iter()
        .zip(right)
        .map(|(left, right)| order::compare(left, right))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
