//! The texts of a plan: plain words that a person sees, without markup, without addresses, and without characters that hide or
//! reorder them.
//!
//! One pass removes each of them once: marks of lines ([`block`]), HTML references ([`mod@reference`]) and tags ([`tag`]), hidden
//! characters ([`crate::characters`]), Markdown inside of lines ([`inline`]), and addresses ([`address`]). What is left may be markup
//! again ("&amp;lt;b>"), so passes are repeated until one changes nothing. That makes the result clean by definition: a text is
//! clean if a pass leaves it as it is.

mod address;
mod block;
mod inline;
mod reference;
mod tag;

use std::borrow::Cow;

use crate::characters::{has_visible, visible_text};

/// Maximum number of characters of a text in a plan.
pub const MAX_CHARS: usize = 2000;

/// Maximum number of characters that are read. A longer text is cut first, so that the work per text is bounded.
const MAX_READ_CHARS: usize = 4 * MAX_CHARS;

/// Maximum number of passes. Ordinary texts need two; only texts that are nested on purpose need more.
const MAX_PASSES: usize = 12;

/// Returns whether a text may be used in a plan as it is: visible, bounded, on one line, and without anything that [`clean`]
/// removes.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    is_plain(text) || (!text.is_empty() && text.len() <= 4 * MAX_CHARS && pass(text) == text)
}

/// Returns the text without markup, addresses, and hidden characters, with white space collapsed, and cut at the end of a word if
/// it is too long. Empty if nothing visible is left.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_ascii();
    if is_plain(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let mut words = Cow::Borrowed(cut(trimmed, MAX_READ_CHARS));
    for _ in 0..MAX_PASSES {
        let again = pass(&words);
        if again == words {
            return words;
        }
        words = Cow::Owned(again);
    }
    // Nested more deeply than any ordinary text.
    Cow::Owned(words_only(&words))
}

/// Returns the letters and digits of a text, separated by spaces. They cannot form markup or an address.
#[must_use]
pub fn words_only(text: &str) -> String {
    let spaced: String = visible_text(text)
        .chars()
        .map(|char| if char.is_alphanumeric() { char } else { ' ' })
        .collect();
    let words = truncated(visible_text(&spaced));
    if has_visible(&words) {
        words
    } else {
        String::new()
    }
}

/// Removes everything once that a plan's text may not have.
fn pass(text: &str) -> String {
    let text = reference::decode(block::strip(text));
    let text = tag::strip(visible_text(&text));
    let text = address::strip(inline::strip(text));
    let text = visible_text(&text);
    let text = truncated(block::strip_markers(&text, false).to_owned());
    if has_visible(&text) {
        text
    } else {
        String::new()
    }
}

/// Returns whether a text is clean at first sight: it begins and ends with a letter or a usual mark, and has no character that
/// markup, addresses or hidden text need. Most texts are; the others take a pass to tell.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    // A fold without branches is vectorised to sixteen bytes at a time.
    let (suspicious, is_ascii) = bytes.iter().fold((false, true), |(found, ascii), byte| {
        let is_mark = matches!(
            byte,
            0..=0x1f | 0x7f | b'`' | b'<' | b'&' | b'[' | b']' | b'*' | b'_' | b'~' | b'|' | b'@'
        );
        (found | is_mark, ascii & byte.is_ascii())
    });
    !suspicious
        && first.is_ascii_alphanumeric()
        && *last != b' '
        && bytes.len() <= MAX_CHARS
        && (is_ascii || text.chars().all(is_usual))
        && memchr::memchr3_iter(b'.', b':', b' ', bytes).all(|index| {
            let next = bytes.get(index + 1);
            next.is_none_or(|next| {
                if bytes[index] == b' ' {
                    !matches!(next, b' ' | b'/' | b':')
                } else {
                    *next == b' '
                }
            })
        })
        && !text.contains("//")
}

/// Returns whether a character belongs to the letters and marks of common languages, none of which a pass changes.
const fn is_usual(char: char) -> bool {
    matches!(
        char,
        ' '..='~' | '\u{c0}'..='\u{24f}' | '\u{391}'..='\u{3c9}' | '\u{400}'..='\u{481}' | '\u{5d0}'..='\u{5ea}'
            | '\u{621}'..='\u{64a}' | '\u{905}'..='\u{94d}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}'
            | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}' | '–' | '—' | '‘' | '’' | '“' | '”' | '„' | '«' | '»' | '…'
            | '·' | '°' | '€' | '、' | '。' | '，' | '：'
    )
}

/// Returns the text cut to a number of characters.
fn cut(text: &str, chars: usize) -> &str {
    text.char_indices()
        .nth(chars)
        .map_or(text, |(end, _)| &text[..end])
}

/// Returns the text, cut at the end of a word if it has more than [`MAX_CHARS`] characters.
fn truncated(text: String) -> String {
    if text.len() <= MAX_CHARS || cut(&text, MAX_CHARS).len() == text.len() {
        return text;
    }
    // One character fewer leaves room for the ellipsis.
    let end = cut(&text, MAX_CHARS - 1).len();
    let word_end = text[..end]
        .rfind(' ')
        .filter(|index| *index > end / 2)
        .unwrap_or(end);
    format!("{}…", text[..word_end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_pass_unchanged() {
        for text in [
            "Run 5 km at a pace < 5:30/km & stretch",
            "Practise x[0]",
            "Learn __init__ and **kwargs",
            "Répéter 3 × 10 – « lentement »",
            "اقرأ صفحة واحدة",
            "2 * 3 * 4",
            "R&D; Q&A",
            "C++ and C# and #1 and <3",
            "i < n && j > m",
            "👩\u{200d}💻 🏃🏽‍♀️ ❤️",
            "~5 km at 16:30 (Node.js 1.2.3)",
            "Übe täglich: „Für Elise“, 10.15 Uhr",
        ] {
            assert!(
                matches!(clean(text), Cow::Borrowed(same) if same == text),
                "{text}: {}",
                clean(text)
            );
            assert!(is_clean(text), "{text}");
        }
    }

    #[test]
    fn markup_and_addresses_are_removed_and_the_words_stay() {
        for (text, plain) in [
            ("<b>Read</b> the docs", "Read the docs"),
            ("&lt;img src=x onerror=alert(1)&gt;Go", "Go"),
            ("&amp;amp;lt;b&amp;amp;gt;Go", "Go"),
            ("&ltscript&gtalert(1)&lt/script&gtGo", "Go"),
            ("<<b>script>alert(1)", "alert(1)"),
            ("<https://example.org> and <a@b.org>", "and"),
            (
                "**[Bold](https://example.org)** and `code`",
                "Bold and code",
            ),
            ("- [ ] Write\n\n  a page", "Write a page"),
            ("## **Week 1:** Basics", "Week 1: Basics"),
            ("a\u{202e}b\u{0}c", "abc"),
            ("AT&amp;T", "AT&T"),
            ("h\u{200b}ttps://example.org Read", "Read"),
            ("https&#58;//example.org Read", "Read"),
            ("\u{200b}\u{3164}", ""),
            ("https://example.org", ""),
            ("![](x.png)", ""),
        ] {
            let cleaned = clean(text);
            assert_eq!(cleaned, plain, "{text}");
            assert!(cleaned.is_empty() || is_clean(&cleaned), "{cleaned}");
        }
    }

    #[test]
    fn a_text_that_is_nested_without_end_becomes_words() {
        let nested = format!("Read {}b{}", "&amp;".repeat(30), "*".repeat(30));

        let cleaned = clean(&nested);

        assert!(
            is_clean(&cleaned) && cleaned.starts_with("Read"),
            "{cleaned}"
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_word() {
        let cleaned = clean(&"wörter ".repeat(1000)).into_owned();

        assert!(cleaned.ends_with("wörter…") && cleaned.chars().count() <= MAX_CHARS);
        assert!(is_clean(&cleaned));
        assert_eq!(clean(&"x".repeat(100_000)).chars().count(), MAX_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn a_text_that_is_clean_at_first_sight_is_left_alone_by_a_pass(
            text in "[A-Za-z0-9][A-Za-z0-9 .,:;/()'!?#+=%$>{}\"\\\\^é–学。×-]{0,30}|[a-z]{1,3}[.:/ ][a-z/:.]{1,8}"
        ) {
            if is_plain(&text) {
                proptest::prop_assert_eq!(pass(&text), text);
            }
        }
    }
}
