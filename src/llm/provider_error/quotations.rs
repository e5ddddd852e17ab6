//! Removes from a message what it quotes: the prompt, or a part of the request, either of which may contain any word.

/// Returns the text without quotations of more than one word, and without objects as JSON or Python writes them. A quotation that does
/// not end, because the text was cut, goes up to the end.
pub(super) fn removed(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_in_word = kept.chars().next_back().is_some_and(char::is_alphanumeric);
        let inner = &rest[first.len_utf8()..];
        let end = match first {
            '"' | '`' => Some(end_of_quotation(inner, first)),
            '\'' if !is_in_word => Some(end_of_quotation(inner, first)),
            '\u{201c}' => Some(end_of_quotation(inner, '\u{201d}')),
            '{' => Some(end_of_object(inner)),
            _ => None,
        };
        let Some(end) = end else {
            kept.push(first);
            rest = inner;
            continue;
        };
        let (quoted, after) = inner.split_at(end);
        // One word is the name of a part of the request.
        if first != '{' && quoted.split_whitespace().count() <= 1 {
            kept.push(first);
            kept.push_str(quoted);
        }
        rest = after;
    }
    kept
}

/// Returns where a quotation ends, after its last mark. An apostrophe within a word does not end one.
fn end_of_quotation(text: &str, mark: char) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
            continue;
        }
        let is_in_word = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if char == mark && !(mark == '\'' && is_in_word) {
            return at + mark.len_utf8();
        }
    }
    text.len()
}

/// Returns where an object ends, after its last brace.
fn end_of_object(text: &str) -> usize {
    let mut depth = 1_u32;
    for (at, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_quoted_are_removed_and_names_stay() {
        for (text, wanted) in [
            (
                "invalid: \"learn tools. not supported\" here",
                "invalid:  here",
            ),
            ("invalid: 'i don't know tools' here", "invalid:  here"),
            ("invalid: `a b`, \u{201c}c d\u{201d}", "invalid: , "),
            ("got {'a': {'b': 'tools'}} here", "got  here"),
            (
                "invalid: \"say \\\"my tools\\\" now\" here",
                "invalid:  here",
            ),
            ("invalid: \"learn tools that", "invalid: "),
            ("invalid {'a': 1", "invalid "),
            (
                "it doesn't support the 'tools' it isn't",
                "it doesn't support the 'tools' it isn't",
            ),
            (
                "`tools` and \"auto\" are unknown",
                "`tools` and \"auto\" are unknown",
            ),
        ] {
            assert_eq!(removed(text), wanted, "{text}");
        }
    }
}
