//! Sorting that can be ended on the way: short runs are sorted, then merged two by two.

use std::{cmp::Ordering, vec::IntoIter};

/// How many are sorted without asking whether to go on.
pub const RUN: usize = 1024;

/// Sorts stably, asking `go_on` again and again.
///
/// # Errors
/// What `go_on` reports; nothing is left of the items then.
pub fn sort_while<T, E>(
    items: Vec<T>,
    compare: impl Fn(&T, &T) -> Ordering,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<Vec<T>, E> {
    let mut runs = Vec::with_capacity(items.len().div_ceil(RUN));
    let mut items = items.into_iter();
    while items.len() > 0 {
        go_on()?;
        let mut run: Vec<T> = items.by_ref().take(RUN).collect();
        run.sort_by(&compare);
        runs.push(run);
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(first) = pairs.next() {
            merged.push(match pairs.next() {
                Some(second) => merge(first.into_iter(), second.into_iter(), &compare, &mut go_on)?,
                None => first,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge<T, E>(
    first: IntoIter<T>,
    second: IntoIter<T>,
    compare: &impl Fn(&T, &T) -> Ordering,
    go_on: &mut impl FnMut() -> Result<(), E>,
) -> Result<Vec<T>, E> {
    let mut merged = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.peekable(), second.peekable());
    while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
        if merged.len() % RUN == 0 {
            go_on()?;
        }
        // Of equals the one that came first stays first.
        let from = if compare(a, b).is_le() { &mut first } else { &mut second };
        merged.extend(from.next());
    }
    merged.extend(first);
    merged.extend(second);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_stably_like_the_sort_of_the_language() {
        for count in [0_u32, 1, 1023, 1024, 1025, 5000] {
            let items: Vec<(u32, u32)> = (0..count).map(|at| (at.wrapping_mul(2_654_435_761) % 97, at)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let sorted = sort_while(items, |a, b| a.0.cmp(&b.0), || Ok::<_, ()>(()));
            assert_eq!(sorted, Ok(expected), "{count}");
        }
    }

    #[test]
    fn it_ends_while_runs_are_sorted_and_while_they_are_merged() {
        let ends_after = |mut asked: u32| {
            let items: Vec<u32> = (0..4096).rev().collect();
            sort_while(items, Ord::cmp, || {
                asked = asked.checked_sub(1).ok_or("over")?;
                Ok(())
            })
        };
        for asked in [0, 3, 4, 7] {
            assert_eq!(ends_after(asked), Err("over"), "{asked}");
        }
        assert!(ends_after(100).is_ok());
    }
}
