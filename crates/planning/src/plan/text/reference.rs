//! HTML character references, such as `&amp;`, `&#60;` and `&#x3C`, also those without the semicolon that browsers accept.

use std::collections::HashMap;
use std::sync::LazyLock;

use entities::ENTITIES;
use foldhash::fast::RandomState;

/// Maximum number of letters of a name; the longest of the standard has 31.
const MAX_NAME: usize = 32;

/// The characters by name: `amp;` and, where the standard allows it, `amp`.
static CHARACTERS: LazyLock<HashMap<&str, &str, RandomState>> = LazyLock::new(|| {
    ENTITIES
        .iter()
        .map(|entity| (&entity.entity[1..], entity.characters))
        .collect()
});

/// Names that browsers accept without a semicolon and that are words of their own: in "dates&times", no character is meant.
const WORDS: [&str; 18] = [
    "cent", "copy", "curren", "deg", "die", "divide", "eth", "micro", "middot", "not", "ord",
    "para", "pound", "reg", "sect", "shy", "times", "yen",
];

/// Endings of names that are letters with a mark, such as `eacute`. No word ends like this, so they count anywhere.
const MARKED: [&str; 9] = [
    "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "slash", "szlig",
];

/// Replaces every character reference with its character, and removes those of no character.
pub(super) fn decode(text: String) -> String {
    if !text.contains('&') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let is_glued = plain.chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some((length, character)) = numeric(rest) {
            plain.extend(character);
            rest = &rest[length..];
        } else if let Some((length, characters)) = named(rest, is_glued) {
            plain.push_str(characters);
            rest = &rest[length..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Returns the length of the numeric reference at the start of the text, and its character.
fn numeric(text: &str) -> Option<(usize, Option<char>)> {
    let digits = text.strip_prefix("&#")?;
    let (digits, radix, prefix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 3),
        None => (digits, 10, 2),
    };
    let count = digits
        .bytes()
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    if count == 0 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..count], radix).ok();
    let character = code
        .and_then(char::from_u32)
        .filter(|char| !char.is_control() || char.is_whitespace());
    let semicolon = usize::from(digits[count..].starts_with(';'));
    Some((prefix + count + semicolon, character))
}

/// Returns the length of the named reference at the start of the text, and its characters.
fn named(text: &str, is_glued: bool) -> Option<(usize, &'static str)> {
    let name = &text[1..];
    let length = name
        .bytes()
        .take(MAX_NAME)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    if length == 0 {
        return None;
    }
    if name[length..].starts_with(';') {
        let with_semicolon = &name[..=length];
        let characters = CHARACTERS
            .get(with_semicolon)
            .or_else(|| CHARACTERS.get(with_semicolon.to_ascii_lowercase().as_str()));
        if let Some(characters) = characters {
            return Some((length + 2, *characters));
        }
    }
    let run = &name[..length];
    (1..=length)
        .rev()
        .filter_map(|end| Some((end, *CHARACTERS.get(&run[..end])?)))
        .find(|(end, _)| is_meant(&run[..*end], &name[*end..], *end == length, is_glued))
        .map(|(end, characters)| (end + 1, characters))
}

/// Returns whether a name without a semicolon is a reference. `after` is the text that follows it; a name that ends in the middle
/// of a word counts only if no word begins like it.
fn is_meant(name: &str, after: &str, is_whole: bool, is_glued: bool) -> bool {
    let lower = name.to_ascii_lowercase();
    if MARKED.iter().any(|ending| lower.ends_with(ending)) {
        return true;
    }
    if is_whole {
        return !(is_glued && WORDS.contains(&lower.as_str()));
    }
    match name {
        "lt" | "gt" | "nbsp" => true,
        "quot" => !after.starts_with(['e', 'a', 'i']),
        // Encoded twice: "&amplt;" is "&lt;" and "&amplifier" is a word.
        "amp" => ["lt", "gt", "amp", "quot", "apos", "nbsp", "#"]
            .iter()
            .any(|name| {
                after
                    .strip_prefix(name)
                    .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
            }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn references_are_decoded_in_every_form() {
        for (text, plain) in [
            ("AT&amp;T", "AT&T"),
            ("&lt;b&gt; &LT;b&GT;", "<b> <b>"),
            ("&ltb&gt &lt/b&gt", "<b> </b>"),
            ("&#60;b&#62; &#0060;b&#x003E;", "<b> <b>"),
            ("&#60script&#62", "<script>"),
            ("&#x3C &#X3c;", "< <"),
            ("caf&eacute; caf&eacute &hellip;", "café café …"),
            ("Tom &amp Jerry", "Tom & Jerry"),
            ("&amplt;b&amp;gt;", "&lt;b&gt;"),
            ("a&nbsp;b&nbspc", "a\u{a0}b\u{a0}c"),
            ("&quot;x&quot; &apos;y&apos; &#39;z&#39", "\"x\" 'y' 'z'"),
            ("a&#0;b&#xD800;c&#99999999999;d", "abcd"),
            ("© &copy 2024", "© © 2024"),
        ] {
            assert_eq!(decode(text.to_owned()), plain, "{text}");
        }
    }

    #[test]
    fn an_ampersand_of_a_text_stays() {
        for text in [
            "R&D",
            "R&D; Q&A;",
            "AT&T",
            "Q&A",
            "B&B & M&Ms",
            "i < n && j > m",
            "dates&times",
            "cut&copy",
            "guitar&amplifier",
            "terms&conditions",
            "price&quotes",
            "&#",
            "&#x",
            "&",
            "&unknown;",
            "a&b;c",
        ] {
            assert_eq!(decode(text.to_owned()), text);
        }
    }
}
