//! Reads texts as a machine can: by the stems of their words.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// The stems of a text.
pub type Words = HashSet<String>;

/// Endings in five languages, longest first.
const ENDINGS: [&str; 22] = [
    "ings", "ungen", "ing", "ers", "ies", "ung", "aux", "ern", "en", "es", "er", "ed", "os", "as",
    "em", "ns", "e", "s", "n", "o", "a", "y",
];

/// Words that say nothing of the subject.
const SMALL: &str = "the a an of and or to in on at by for with from that what who when how it is are not no be as one own than but if so its \
each every before after first their his her them they you your my into out up over under der die das ein eine einen dem den des und oder zu im \
am von mit bis auf statt nicht fur el la los las un una de y o en con que lo si su por para al del le les du et ou dans avec sur par os um uma \
e em com da do dos";

/// Words before something that a task avoids.
const AVOIDING: &str = "no not without never holds contains contain avoid instead free kein keine keinen ohne statt nicht sin nunca sans pas jamais sem nao";

fn folded(text: &str) -> Vec<String> {
    let plain: String = text
        .to_lowercase()
        .replace('ß', "ss")
        .nfd()
        .filter(|char| !('\u{300}'..='\u{36f}').contains(char))
        .collect();
    plain
        .split(|char: char| !char.is_ascii_alphanumeric() && char != '+' && char != '#')
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

fn stem(word: &str) -> String {
    let stem = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= 3);
    stem.unwrap_or(word).to_owned()
}

fn is_small(word: &str) -> bool {
    SMALL.split_whitespace().any(|small| small == word)
}

/// Returns the stems of a text, without small words.
pub fn words_of(text: &str) -> Words {
    let words = folded(text).into_iter();
    words
        .filter(|word| !is_small(word))
        .map(|word| stem(&word))
        .collect()
}

/// Whether two stems are those of one word, or one is in a compound of the other.
fn is_same(one: &str, other: &str) -> bool {
    one == other
        || one.len() >= 5 && other.len() >= 5 && (one.starts_with(other) || other.starts_with(one))
}

/// Whether three in five of the words of an item are among the words of a plan.
pub fn names(plan: &Words, item: &str) -> bool {
    let item = words_of(item);
    let found = item
        .iter()
        .filter(|word| plan.contains(*word) || plan.iter().any(|other| is_same(word, other)))
        .count();
    found * 5 >= item.len() * 3
}

/// Whether a task asks for a thing, and does not name it to avoid it.
pub fn asks_for(task: &str, thing: &str) -> bool {
    let words = folded(task);
    let thing: Vec<String> = folded(thing)
        .into_iter()
        .filter(|word| !is_small(word))
        .map(|word| stem(&word))
        .collect();
    (0..words.len()).any(|start| {
        let is_here = thing.iter().enumerate().all(|(offset, stem_of_thing)| {
            words
                .get(start + offset)
                .is_some_and(|word| stem(word) == *stem_of_thing)
        });
        let before = &words[start.saturating_sub(5)..start];
        let is_avoided = before
            .iter()
            .any(|word| AVOIDING.split_whitespace().any(|avoiding| avoiding == word));
        is_here && !is_avoided
    })
}
