//! How alike two texts are: edit distance, n-grams, sound.

use crate::{
    embedded::{
        error::Error,
        value::{Value, ops},
    },
    wire::ErrorNum,
};

use super::{Context, Function, Outcome, arg, text};

/// Comparing every character of one text with every one of the other must stay within this many steps.
const MAX_STEPS: usize = 1 << 26;

/// This file's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("LEVENSHTEIN_DISTANCE", 2, 2, levenshtein),
    Function::new("LEVENSHTEIN_MATCH", 3, 6, levenshtein_match),
    Function::new("NGRAM_POSITIONAL_SIMILARITY", 3, 3, |context, args| ngrams(context, args, Matching::Partial)),
    Function::new("NGRAM_SIMILARITY", 3, 3, |context, args| ngrams(context, args, Matching::Whole)),
    Function::new("SOUNDEX", 1, 1, |_, args| Ok(Value::string(soundex(&text(args, 0))))),
];

fn check_size(left: usize, right: usize, function: &str) -> Result<(), Error> {
    if left.saturating_mul(right) <= MAX_STEPS {
        return Ok(());
    }
    Err(Error::new(ErrorNum::RESOURCE_LIMIT, format!("texts are too long for {function}()")))
}

fn levenshtein(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (left, right) = (text(args, 0), text(args, 1));
    check_size(left.len(), right.len(), "LEVENSHTEIN_DISTANCE")?;
    Ok(Value::count(strsim::damerau_levenshtein(&left, &right)))
}

/// `LEVENSHTEIN_MATCH(text, target, distance, transpositions, maxTerms, prefix)`; `maxTerms` only matters to an index.
fn levenshtein_match(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (Some(given), Some(target), Some(_)) = (arg(args, 0).as_str(), arg(args, 1).as_str(), arg(args, 2).as_f64())
    else {
        return context.wrong_type("LEVENSHTEIN_MATCH");
    };
    let transpositions = args.get(3).is_none_or(ops::truth);
    let most = if transpositions { 3 } else { 4 };
    let Some(distance) = usize::try_from(ops::to_i64(arg(args, 2))).ok().filter(|distance| *distance <= most) else {
        return Err(Error::new(ErrorNum::BAD_PARAMETER, format!("the distance must be between 0 and {most}")));
    };
    let Some(given) = given.strip_prefix(arg(args, 5).as_str().unwrap_or("")) else { return Ok(false.into()) };
    check_size(given.len(), target.len(), "LEVENSHTEIN_MATCH")?;
    let measure = if transpositions { strsim::damerau_levenshtein } else { strsim::levenshtein };
    Ok((measure(given, target) <= distance).into())
}

/// What counts as likeness of two n-grams.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matching {
    /// All or nothing, measured against the second text.
    Whole,
    /// The share of equal characters, measured against the longer text.
    Partial,
}

fn ngrams(context: &mut Context<'_>, args: &[Value], matching: Matching) -> Outcome {
    let name = match matching {
        Matching::Whole => "NGRAM_SIMILARITY",
        Matching::Partial => "NGRAM_POSITIONAL_SIMILARITY",
    };
    let (Some(input), Some(target), Some(_)) = (arg(args, 0).as_str(), arg(args, 1).as_str(), arg(args, 2).as_f64())
    else {
        return context.wrong_type(name);
    };
    let Some(size) = usize::try_from(ops::to_i64(arg(args, 2))).ok().filter(|size| *size > 0) else {
        return context.wrong_type(name);
    };
    check_size(input.len().saturating_mul(size), target.len(), name)?;
    let (input, target): (Vec<char>, Vec<char>) = (input.chars().collect(), target.chars().collect());
    let (source, target) =
        if matching == Matching::Partial && target.len() > input.len() { (target, input) } else { (input, target) };
    Ok(Value::Double(similarity(&source, &target, size, matching)))
}

/// The longest common sequence of n-grams, as a share of those there are (after Kondrak's paper on n-gram similarity).
#[expect(clippy::cast_precision_loss, reason = "texts are short enough")]
fn similarity(source: &[char], target: &[char], size: usize, matching: Matching) -> f64 {
    if source.len() < size || target.len() < size {
        let same = source.iter().zip(target).filter(|(left, right)| left == right).count();
        return match matching {
            Matching::Whole => f64::from(u8::from(source == target)),
            Matching::Partial if source.is_empty() => 1.0,
            Matching::Partial => same as f64 / source.len() as f64,
        };
    }
    let columns = source.len() - size + 1;
    let mut best = vec![0.0; columns + 1];
    for wanted in target.windows(size) {
        let (mut diagonal, mut left) = (0.0, 0.0);
        for (given, cell) in source.windows(size).zip(best.iter_mut().skip(1)) {
            let same = given.iter().zip(wanted).filter(|(left, right)| left == right).count();
            let likeness = match matching {
                Matching::Whole => f64::from(u8::from(same == size)),
                Matching::Partial => same as f64 / size as f64,
            };
            let above = *cell;
            *cell = f64::max(left, above).max(diagonal + likeness);
            (diagonal, left) = (above, *cell);
        }
    }
    let count = match matching {
        Matching::Whole => target.len() - size + 1,
        Matching::Partial => columns,
    };
    // ArangoDB computes this with single precision.
    #[expect(clippy::cast_possible_truncation, reason = "so that the last digits agree")]
    let share = (best.last().copied().unwrap_or(0.0) as f32) / (count as f32);
    f64::from(share)
}

/// American Soundex: the first letter and three digits for the sounds that follow.
fn soundex(text: &str) -> String {
    let code = |letter: char| match letter {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    };
    let mut letters = text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase());
    let Some(first) = letters.next() else { return String::new() };
    let mut result = String::from(first);
    let mut last = code(first);
    for letter in letters {
        // H and W do not part equal sounds, vowels do.
        if matches!(letter, 'H' | 'W') {
            continue;
        }
        let sound = code(letter);
        if let Some(digit) = sound.filter(|_| sound != last) {
            result.push(digit);
        }
        last = sound;
    }
    result.chars().chain("000".chars()).take(4).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn edit_distance_counts_swaps_once() {
        check("LEVENSHTEIN_DISTANCE", r#"["abc", "acb"]"#, "1");
        check("LEVENSHTEIN_DISTANCE", r#"["", "\u00e4b"]"#, "2");
        check("LEVENSHTEIN_DISTANCE", "[12, 123]", "1");
    }

    #[test]
    fn matching_allows_some_edits() {
        check("LEVENSHTEIN_MATCH", r#"["abc", "acb", 1]"#, "true");
        check("LEVENSHTEIN_MATCH", r#"["abc", "acb", 1, false]"#, "false");
        check("LEVENSHTEIN_MATCH", r#"["xabc", "abd", 1, true, 64, "x"]"#, "true");
        assert_eq!(call("LEVENSHTEIN_MATCH", r#"["a", "b", 4]"#).0.unwrap_err().num, ErrorNum::BAD_PARAMETER);
    }

    #[test]
    fn similarity_is_the_share_of_common_ngrams() {
        check("NGRAM_SIMILARITY", r#"["abcd", "abcx", 2]"#, "0.6666666865348816");
        check("NGRAM_SIMILARITY", r#"["abcdefgh", "abc", 2]"#, "1");
        check("NGRAM_POSITIONAL_SIMILARITY", r#"["abcd", "abxd", 2]"#, "0.6666666865348816");
        check("NGRAM_POSITIONAL_SIMILARITY", r#"["", "", 2]"#, "1");
        check("NGRAM_SIMILARITY", r#"["a", "a", 2]"#, "1");
        check("NGRAM_POSITIONAL_SIMILARITY", r#"["a", "b", 2]"#, "0");
        let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
        check_warns("NGRAM_SIMILARITY", r#"["a", "a", 0]"#, "null", warning);
        check_warns("NGRAM_SIMILARITY", r#"["a", 1, 1]"#, "null", warning);
    }

    #[test]
    fn what_would_take_for_ever_is_refused() {
        let long = "a".repeat(20_000);
        let args = format!(r#"["{long}", "{long}"]"#);
        assert_eq!(call("LEVENSHTEIN_DISTANCE", &args).0.unwrap_err().num, ErrorNum::RESOURCE_LIMIT);
    }

    #[test]
    fn names_that_sound_alike_have_one_code() {
        for (name, code) in [
            ("Robert", "R163"),
            ("Rupert", "R163"),
            ("Ashcraft", "A261"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("a", "A000"),
            ("", ""),
        ] {
            check("SOUNDEX", &format!(r#"["{name}"]"#), &format!(r#""{code}""#));
        }
    }
}
