//! The texts of a plan: plain text, without markup and without characters that hide or reorder it.

use std::borrow::Cow;

use crate::goal::is_unwanted;

/// Maximum number of characters of a text in a plan.
pub const MAX_CHARS: usize = 2000;

/// Maximum number of stripping passes. Stripping `<<b>script>` once leaves markup again.
const MAX_PASSES: usize = 4;

/// Returns whether a text may be used in a plan as it is: bounded, on one line, and without control characters, bidirectional
/// overrides, HTML tags, character references, or Markdown links, code and emphasis.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    is_plain(text) && (text.len() <= MAX_CHARS || text.chars().count() <= MAX_CHARS)
}

/// Returns the text without anything that [`is_clean`] refuses, with white space collapsed, without list markers, and cut at the
/// end of a word if it is too long. May be empty.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = trimmed(text);
    if is_clean(trimmed) && strip_list_markers(trimmed).len() == trimmed.len() {
        return Cow::Borrowed(trimmed);
    }
    let mut words = collapse_whitespace(trimmed);
    for _ in 0..MAX_PASSES {
        if is_plain(&words) {
            break;
        }
        words = collapse_whitespace(&strip_markdown(&strip_tags(&decode_references(&words))));
    }
    if !is_plain(&words) {
        // Nested more deeply than any ordinary text: remove all characters that could form markup.
        words.retain(|char| !matches!(char, '<' | '>' | '`' | '*' | '[' | ']' | '&'));
        words = collapse_whitespace(&words);
    }
    Cow::Owned(truncate(strip_list_markers(&words).trim().to_owned()))
}

/// Trims white space. Skips the search if the first and the last byte are visible ASCII.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Almost no text has any of these bytes, and a fold without branches is vectorised to sixteen bytes at a time.
    let harmless = bytes.iter().fold(true, |harmless, byte| {
        harmless & !matches!(byte, 0..=0x1f | 0x7f.. | b'`' | b'<' | b'&' | b']' | b'*')
    });
    harmless
        || bytes
            .iter()
            .enumerate()
            .all(|(index, byte)| !is_markup(text, index, *byte))
            && !text.chars().any(is_unwanted)
}

/// Returns whether the byte at `index` is a control character or starts or ends markup.
fn is_markup(text: &str, index: usize, byte: u8) -> bool {
    let next = text.as_bytes().get(index + 1).copied();
    match byte {
        0..=0x1f | 0x7f | b'`' => true,
        b'<' => next.is_some_and(opens_tag),
        b'&' => reference(&text[index..]).is_some(),
        b']' => next == Some(b'('),
        b'*' => next == Some(b'*') && text[index + 2..].contains("**"),
        _ => false,
    }
}

const fn opens_tag(next: u8) -> bool {
    next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')
}

/// Returns the length of the character reference at the start of the text, and its replacement.
fn reference(text: &str) -> Option<(usize, &'static str)> {
    const NAMED: [(&str, &str); 10] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#x", ""),
    ];
    NAMED
        .iter()
        .find(|(name, _)| {
            text.len() >= name.len()
                && text.as_bytes()[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        })
        .map(|(name, plain)| (name.len(), *plain))
}

fn collapse_whitespace(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for char in text.chars().filter(|char| !is_unwanted(*char)) {
        if !char.is_whitespace() {
            words.push(char);
        } else if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}

fn decode_references(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(index) = rest.find('&') {
        plain.push_str(&rest[..index]);
        rest = &rest[index..];
        if let Some((length, replacement)) = reference(rest) {
            plain.push_str(replacement);
            rest = &rest[length..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Removes tags, and the contents of `script` and `style`. Of an unclosed tag, only the bracket is removed.
fn strip_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(index) = rest.find('<') {
        plain.push_str(&rest[..index]);
        rest = &rest[index..];
        if !rest.as_bytes().get(1).is_some_and(|next| opens_tag(*next)) {
            plain.push('<');
            rest = &rest[1..];
            continue;
        }
        let Some(end) = rest.find('>') else {
            rest = &rest[1..];
            continue;
        };
        let name = rest[1..end]
            .split(|char: char| !char.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        rest = &rest[end + 1..];
        if matches!(name.as_str(), "script" | "style") {
            let closing = format!("</{name}");
            rest = match find_ignoring_case(rest, &closing) {
                Some(close) => rest[close..]
                    .find('>')
                    .map_or("", |end| &rest[close + end + 1..]),
                None => rest,
            };
        } else if !plain.is_empty()
            && !plain.ends_with(' ')
            && matches!(name.as_str(), "br" | "p" | "li" | "div" | "ul" | "ol")
        {
            plain.push(' ');
        }
    }
    plain.push_str(rest);
    plain
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Removes emphasis and code marks, and replaces a link with its text.
fn strip_markdown(text: &str) -> String {
    let mut plain = text.replace('`', "").replace("**", "");
    while let Some(middle) = plain.find("](") {
        let open = plain[..middle].rfind('[');
        let close = plain[middle..].find(')').map(|offset| middle + offset);
        let words = plain[open.map_or(0, |open| open + 1)..middle].to_owned();
        let before = plain[..open.unwrap_or(0)].trim_end_matches('!').to_owned();
        let after = close.map_or_else(
            || plain[middle + 2..].to_owned(),
            |close| plain[close + 1..].to_owned(),
        );
        plain = format!("{before}{words}{after}");
    }
    plain
}

fn strip_list_markers(text: &str) -> &str {
    let mut rest = text;
    if rest.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return rest;
    }
    for marker in [
        "- [ ] ", "- [x] ", "### ", "## ", "# ", "- ", "* ", "• ", "> ",
    ] {
        if let Some(stripped) = rest.strip_prefix(marker) {
            rest = stripped.trim_start();
        }
    }
    rest
}

fn truncate(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_CHARS) else {
        return text;
    };
    // One character fewer leaves room for the ellipsis.
    let end = text[..end]
        .char_indices()
        .next_back()
        .map_or(0, |(index, _)| index);
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
            "Practise x[0](y)".trim_end_matches("](y)"),
            "Learn __init__ and **kwargs",
            "Répéter 3 × 10 – « lentement »",
            "اقرأ صفحة واحدة",
            "2 * 3 * 4",
            "R&D; Q&A",
        ] {
            assert!(
                matches!(clean(text), Cow::Borrowed(same) if same == text),
                "{text}: {}",
                clean(text)
            );
        }
    }

    #[test]
    fn markup_is_removed_and_its_text_stays() {
        for (text, plain) in [
            ("<b>Read</b> the docs", "Read the docs"),
            ("Read<script>alert(1)</script> on", "Read on"),
            ("&lt;img src=x onerror=alert(1)&gt;Go", "Go"),
            ("<<b>script>alert(1)", "alert(1)"),
            (
                "Open <img src=x onerror=alert(1)",
                "Open img src=x onerror=alert(1)",
            ),
            (
                "Visit [the site](javascript:alert(1)) now",
                "Visit the site) now",
            ),
            ("**Bold** and `code`", "Bold and code"),
            ("- [ ] Write\n\n  a page", "Write a page"),
            ("a\u{202e}b\u{0}c", "abc"),
            ("AT&amp;T", "AT&T"),
        ] {
            let cleaned = clean(text);
            assert_eq!(cleaned, plain, "{text}");
            assert!(is_clean(&cleaned), "{cleaned}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_word() {
        let cleaned = clean(&"wörter ".repeat(1000)).into_owned();

        assert!(cleaned.ends_with("wörter…") && cleaned.chars().count() <= MAX_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn the_result_of_clean_is_always_clean(text in "(?s)[<>&;#a-z`*\\[\\]()!/ \u{0}\u{202e}é\n]{0,80}|(?s).{0,200}") {
            let cleaned = clean(&text);
            proptest::prop_assert!(is_clean(&cleaned), "{cleaned:?}");
        }
    }
}
