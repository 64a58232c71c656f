//! Finding topics by words, and names by names that are nearly right.
//!
//! A topic scores for each word of the question by the place it was found in, words found in few topics counting more. A
//! word found nowhere is taken for a misspelling of the nearest one that is.

use std::collections::{BTreeMap, HashSet};

use super::{key, topic::Topic, topics};

/// What a word is worth by where it stands.
const NAME: f64 = 6.0;
const SYNONYM: f64 = 4.0;
const SECTION: f64 = 1.5;
const DESCRIPTION: f64 = 1.0;

/// What it is worth when the whole question is a name or a synonym of the topic, or has the words of one.
const WHOLE_NAME: f64 = 100.0;
const WHOLE_SYNONYM: f64 = 50.0;
const SAME_WORDS: f64 = 30.0;

/// How like a word must be to be taken for another, from 0 to 1.
const LIKE: f64 = 0.7;

/// The same for names.
const LIKE_NAME: f64 = 0.6;

/// How many words of a question count, and how many bytes of a word or name.
const MOST_WORDS: usize = 12;
const LONGEST: usize = 64;

/// Words that say nothing about a topic.
const EMPTY: &[&str] = &[
    "a", "an", "and", "aql", "are", "as", "at", "be", "by", "can", "do", "for", "from", "function", "how", "i", "in",
    "into", "is", "it", "me", "my", "of", "on", "or", "query", "the", "to", "use", "what", "which", "with",
];

/// The topics a question in words may mean, the best first.
pub fn search(question: &str) -> Vec<&'static Topic> {
    let whole = key(question);
    let indexed: Vec<Indexed> = topics().map(Indexed::of).collect();
    let words: Vec<(String, f64)> = meaningful(question).into_iter().map(|word| known(word, &indexed)).collect();
    let mut scored: Vec<(f64, &Topic)> = indexed
        .iter()
        .map(|topic| (topic.score(&whole, &words), topic.topic))
        .filter(|(score, _)| *score > 0.0)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    scored.into_iter().filter(|(score, _)| *score >= best / 4.0).map(|(_, topic)| topic).collect()
}

/// What may be meant by a name that does not exist, the best first: what is called so elsewhere and names that are nearly
/// the same, or else what its words lead to.
pub fn suggest(name: &str, most: usize) -> Vec<&'static Topic> {
    let called_so = |topic: &&Topic| topic.words.iter().any(|synonym| key(synonym) == key(name));
    let mut meant: Vec<&Topic> = topics().filter(called_so).chain(nearest(name)).collect();
    if meant.is_empty() {
        meant = search(name);
    }
    let mut seen = HashSet::new();
    meant.retain(|topic| seen.insert(topic.name));
    meant.truncate(most);
    meant
}

/// The topics with a name like this one, the likest first.
fn nearest(name: &str) -> Vec<&'static Topic> {
    let wanted = key(name);
    if wanted.len() > LONGEST {
        return Vec::new();
    }
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&wanted, &key(known));
    let mut scored: Vec<(f64, &Topic)> = topics()
        .flat_map(|topic| topic.names().map(move |name| (name, topic)))
        .map(|(name, topic)| (likeness(name), topic))
        .filter(|(likeness, _)| *likeness >= LIKE_NAME)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0));
    scored.into_iter().map(|(_, topic)| topic).collect()
}

/// A topic and what each of its words is worth.
struct Indexed {
    topic: &'static Topic,
    worth: BTreeMap<String, f64>,
}

impl Indexed {
    fn of(topic: &'static Topic) -> Self {
        let mut worth = BTreeMap::new();
        let mut add = |text: &str, value: f64| {
            for word in words(text) {
                let known: &mut f64 = worth.entry(word).or_default();
                *known = known.max(value);
            }
        };
        topic.names().for_each(|name| add(name, NAME));
        topic.words.iter().for_each(|synonym| add(synonym, SYNONYM));
        add(topic.section, SECTION);
        add(&topic.description, DESCRIPTION);
        Self { topic, worth }
    }

    /// How well it fits the words, of which each comes with its weight.
    fn score(&self, whole: &str, words: &[(String, f64)]) -> f64 {
        let found: Vec<f64> = words.iter().filter_map(|(word, weight)| Some(weight * self.worth.get(word)?)).collect();
        let share = small(found.len()) / small(words.len().max(1));
        let mut score = found.iter().sum::<f64>() * share;
        if self.topic.names().any(|name| key(name) == whole) {
            score += WHOLE_NAME;
        }
        let synonyms = || self.topic.words.iter();
        if synonyms().any(|synonym| key(synonym) == whole) {
            score += WHOLE_SYNONYM;
        }
        let asked = || words.iter().map(|(word, _)| word);
        let plain = |synonym: &&&str| synonym.starts_with(char::is_alphanumeric);
        if synonyms().filter(plain).any(|synonym| meaningful(synonym).iter().eq(asked())) {
            score += SAME_WORDS;
        }
        score
    }
}

/// A word of the question, or the one it is taken for, and how much it tells: the rarer, the more.
fn known(word: String, indexed: &[Indexed]) -> (String, f64) {
    let count = |word: &str| indexed.iter().filter(|topic| topic.worth.contains_key(word)).count();
    let rarity = |found: usize| (1.0 + small(indexed.len()) / small(found.max(1))).ln();
    match count(&word) {
        0 => {
            let likest = indexed
                .iter()
                .flat_map(|topic| topic.worth.keys())
                .map(|known| (strsim::normalized_damerau_levenshtein(&word, known), known))
                .filter(|(likeness, _)| *likeness >= LIKE)
                .max_by(|left, right| left.0.total_cmp(&right.0));
            match likest {
                Some((likeness, known)) => (known.clone(), likeness * rarity(count(known))),
                None => (word, 1.0),
            }
        }
        found => (word, rarity(found)),
    }
}

/// The words that say something; all, if none does.
fn meaningful(question: &str) -> Vec<String> {
    let telling: Vec<String> =
        split(question).filter(|word| word.len() > 1 && !EMPTY.contains(&word.as_str())).map(stem).collect();
    let mut words = if telling.is_empty() { words(question).collect() } else { telling };
    words.retain(|word| word.len() <= LONGEST);
    words.truncate(MOST_WORDS);
    words
}

/// The words of a text, cut to their stems.
fn words(text: &str) -> impl Iterator<Item = String> {
    split(text).map(stem)
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A word without its ending, so that `splits`, `splitting` and `split` are the same.
fn stem(mut word: String) -> String {
    for (ending, shortest) in [("s", 4), ("ing", 6), ("ed", 5), ("e", 4)] {
        if word.len() >= shortest && word.ends_with(ending) {
            word.truncate(word.len() - ending.len());
        }
    }
    let mut backwards = word.chars().rev();
    if word.len() > 3 && backwards.next() == backwards.next() {
        word.pop();
    }
    word
}

/// A count as a number with a fraction; no count here is large.
fn small(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
