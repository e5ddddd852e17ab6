//! Sentences that tell of somebody or something else: "The siege lasted 60 days", "A sloth digests its lunch in a month." A length of
//! time in one is not the person's.

use super::tag::Tag;
use super::text::Text;

/// Whether the sentence around `index` tells of something else, as its subject and verb show. Only what stands before `index` counts.
pub(super) fn is_told(text: &Text, index: usize) -> bool {
    let sentence = text.sentence(index);
    let start = sentence.start;
    let is_unknown = |place: usize| text.tag(place) == Tag::Other && !text.word(place).is_empty();
    let has_article = text.tag(start) == Tag::Article || is_indefinite(text, start);
    let is_named = is_unknown(start) && text.starts_upper(start);
    if (!has_article && !is_named) || speaks_of_person(text, start, index) {
        return false;
    }
    // The verb stands right behind a name, and a few words behind an article.
    let reach = if has_article { 5 } else { 3 };
    let past = (start + 1..index.min(start + reach)).any(|place| is_past_verb(text, place));
    let ends = text.tag(sentence.end) == Tag::Stop && sentence.end < text.len();
    let subject = start + usize::from(has_article);
    let statement = is_unknown(subject) && is_unknown(subject + 1) && subject + 1 < index;
    let is_present = if has_article {
        statement
    } else {
        // "Emperor penguins fast for two months."
        statement
            && text.word(subject + 1).ends_with('s')
            && is_unknown(subject + 2)
            && subject + 2 < index
    };
    past || (is_present && ends)
}

/// "I", "my", "we": the sentence is about the person.
fn speaks_of_person(text: &Text, start: usize, index: usize) -> bool {
    const WORDS: [&str; 30] = [
        "i", "my", "me", "we", "our", "i'm", "i've", "ich", "mein", "meine", "meinen", "mir",
        "wir", "unser", "je", "j", "mon", "ma", "mes", "nous", "notre", "mi", "mis", "yo", "nos",
        "meu", "minha", "eu", "nosso", "nossa",
    ];
    (start..index).any(|place| {
        WORDS.contains(&text.word(place)) || matches!(text.tag(place), Tag::Event | Tag::Target)
    })
}

fn is_indefinite(text: &Text, place: usize) -> bool {
    matches!(
        text.word(place),
        "a" | "ein" | "eine" | "un" | "une" | "una" | "um" | "uma"
    )
}

/// A verb of the past: "painted", "dauerte", "was", "fut", "a été".
fn is_past_verb(text: &Text, place: usize) -> bool {
    const VERBS: [&str; 25] = [
        "was", "were", "had", "wrote", "built", "made", "took", "grew", "fell", "won", "lost",
        "ran", "fut", "furent", "dura", "ete", "fue", "fueron", "duro", "foi", "foram", "durou",
        "wurde", "wurden", "war",
    ];
    let word = text.word(place);
    let is_regular = word.len() > 4
        && (word.ends_with("ed") || word.ends_with("erte") || word.ends_with("etzte"));
    VERBS.contains(&word) || (text.tag(place) == Tag::Other && is_regular)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_about_another(source: &str) -> bool {
        let text = Text::new(source);
        is_told(&text, text.len() - 2)
    }

    #[test]
    fn what_is_told_of_others_is_recognised() {
        for source in [
            "The siege lasted 60 days.",
            "The novel was written in six weeks.",
            "A sloth digests its lunch in a month.",
            "Michelangelo painted the ceiling in four years.",
            "Luther übersetzte das Testament in elf Wochen.",
            "La tour a été bâtie en deux ans.",
        ] {
            assert!(is_about_another(source), "{source}");
        }
    }

    #[test]
    fn a_goal_is_not() {
        for source in [
            "A novel in six weeks.",
            "My exam is in six weeks.",
            "The exam is in six weeks.",
            "Cook vegan food for two months",
            "Get certified in 6 weeks.",
        ] {
            assert!(!is_about_another(source), "{source}");
        }
    }
}
