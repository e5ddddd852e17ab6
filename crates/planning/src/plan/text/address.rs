//! Addresses in a text: URLs of every scheme, `www.` and domains with a path, IP addresses, and e-mail addresses. They belong into
//! the resources, where they are checked; in a sentence, clients would turn them into links that nobody checked.
//!
//! Names of files, versions, times and sites (`main.rs`, `1.2.3`, `16:30`, `Node.js`, `freecodecamp.org`) are no addresses.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::characters::is_punctuation;

/// Endings of domains, used where a path or a port follows. Endings that are better known as those of files are left out.
const TOP_LEVELS: &str = " academy ai app ar at au be biz blog br ca cat ch cl club cn co com cz de dev dk edu es eu example fi fm fr gd \
    gg gl gov gr hk hu id ie il in info int invalid io is it jp kr kz lt lu lv ly me mil museum mx my net nl no nu nz online org pe ph \
    pk pro pt ro ru se sg shop si site sk social space store tech test th tk to today top tr tv tw ua ug uk us uy vip vn website wiki \
    work world xyz za ";

/// Names before ".net" that are frameworks: "ASP.NET/C#" is no address.
const FRAMEWORKS: [&str; 5] = ["asp", "ado", "vb", "ml", "f"];

/// Words before four numbers that are a version or the number of a section.
const NUMBERED: &str = " version v release section sections sec chapter § kapitel abschnitt versión versao versão sección capítulo seção \
    section chapitre rfc ";

/// Words that introduce an address at the end of a sentence: without it, they dangle.
const INTRODUCTIONS: &str = " at on from via see to in with under auf unter bei siehe über von en de desde ver sur à voir em no na ";

/// Returns the text without addresses, and without the empty brackets and dangling words that they leave.
pub(super) fn strip(text: String) -> String {
    if !text.contains(['.', ':', '@', '/']) {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut place = 0;
    let mut was_last = false;
    while let Some(found) = find(&text, place) {
        plain.push_str(&text[place..found.start]);
        place = found.end;
        was_last = text[place..]
            .chars()
            .all(|char| is_punctuation(char) || char == ' ');
    }
    if place == 0 {
        return text;
    }
    plain.push_str(&text[place..]);
    tidied(&plain, was_last)
}

/// Returns the first address that begins at or after a byte of the text.
fn find(text: &str, from: usize) -> Option<Range<usize>> {
    let mut start = from;
    for word in text[from..].split_inclusive(char::is_whitespace) {
        let end = start + word.len();
        if word.contains(['.', ':', '@', '/'])
            && let Some(found) = find_in_word(text, start..end)
        {
            return Some(found);
        }
        start = end;
    }
    None
}

/// Returns the first address that begins in a word of the text.
fn find_in_word(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let mut previous = text[..word.start].chars().next_back();
    for (offset, char) in text[word.clone()].char_indices() {
        let start = word.start + offset;
        let is_inside = previous.is_some_and(|previous| previous.is_ascii_alphanumeric());
        previous = Some(char);
        let (before, rest) = text.split_at(start);
        let is_address = match char {
            ':' | 'j' | 'J' | 'v' | 'V' if is_program(rest) => true,
            _ if is_inside => false,
            '0'..='9' | 'A'..='Z' | 'a'..='z' | ':' | '/' | '[' | '_' => {
                is_url(rest)
                    || is_ipv6(rest)
                    || is_ipv4(before, rest)
                    || is_domain(before, rest)
                    || is_mail(rest)
            }
            _ => false,
        };
        if is_address {
            return Some(start..start + length(rest));
        }
    }
    None
}

/// Returns the number of bytes of the address at the start of the text: up to a space, a quote or an unbalanced bracket, without
/// the punctuation of the sentence around it.
fn length(text: &str) -> usize {
    /// Scripts from here on are written without spaces, so they end an address.
    const FIRST_WITHOUT_SPACES: char = '\u{2e80}';
    let mut depth = 0_i32;
    let mut end = text.len();
    for (index, char) in text.char_indices() {
        let is_end = match char {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth -= 1;
                depth < 0
            }
            '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' => true,
            _ => {
                char.is_whitespace()
                    || char >= FIRST_WITHOUT_SPACES
                    || (!char.is_ascii() && is_punctuation(char))
            }
        };
        if is_end {
            end = index;
            break;
        }
    }
    let address = &text[..end];
    let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
    trimmed.len().max(1)
}

/// Returns whether a text begins with what is an address even in the middle of a word: the end of a scheme, or a program.
fn is_program(text: &str) -> bool {
    text.starts_with("://")
        || ["javascript:", "vbscript:"].iter().any(|scheme| {
            let after = text.get(scheme.len()..).unwrap_or_default();
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && after.starts_with(|next: char| !next.is_whitespace())
        })
}

/// Returns whether a text begins with a URL: a scheme with "://", one of the schemes without, "//host" or "www.".
fn is_url(text: &str) -> bool {
    if let Some(host) = text.strip_prefix("//") {
        return domain(host).is_some();
    }
    let scheme = prefix(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
    });
    let after = &text[scheme.len()..];
    if after.starts_with("://") {
        return true;
    }
    let lower = scheme.to_ascii_lowercase();
    if let Some(host) = lower.strip_prefix("www.") {
        return host.contains(|char: char| char.is_ascii_alphanumeric());
    }
    after
        .strip_prefix(':')
        .is_some_and(|rest| is_opaque_url(&lower, rest))
}

/// Returns whether a scheme and what follows its colon are a URL without "//". Of words such as "data" and "file" only what looks
/// like nothing else is.
fn is_opaque_url(scheme: &str, rest: &str) -> bool {
    let next = rest.chars().next().filter(|next| !next.is_whitespace());
    let Some(next) = next else { return false };
    match scheme {
        "livescript" | "mailto" | "http" | "https" | "ftp" | "jar" | "view-source" => true,
        "data" => {
            let media = prefix(rest, |byte| {
                byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte)
            });
            let is_end = rest[media.len()..].starts_with([',', ';']);
            is_end && (media.is_empty() || media.contains('/')) || rest.starts_with("text/html")
        }
        "tel" | "sms" | "callto" | "fax" | "geo" => {
            next == '+' || next == '-' || next.is_ascii_digit()
        }
        "file" | "blob" | "filesystem" => next == '/',
        "about" => rest.starts_with("blank") || rest.starts_with("srcdoc"),
        "magnet" => next == '?',
        "urn" => rest.contains(':') && next.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Returns whether a text begins with an IPv6 address, alone or in brackets.
fn is_ipv6(text: &str) -> bool {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let digits = prefix(inner, |byte| {
        byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
    });
    let after = &inner[digits.len()..];
    let digits = digits.trim_end_matches(['.', ':']);
    let has_digit = digits.bytes().any(|byte| byte.is_ascii_digit());
    has_digit
        && digits.bytes().filter(|byte| *byte == b':').count() >= 2
        && !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        && digits.parse::<Ipv6Addr>().is_ok()
}

/// Returns whether a text begins with an IPv4 address; `before` tells the number of a version or a section from one.
fn is_ipv4(before: &str, text: &str) -> bool {
    let digits = prefix(text, |byte| byte.is_ascii_digit() || byte == b'.');
    let after = &text[digits.len()..];
    if before.ends_with(['.', '-', '_']) {
        return false;
    }
    let word = before.trim_end_matches([' ', '.', ':']);
    let word = word.rsplit(' ').next().unwrap_or_default();
    !after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '%'))
        && digits.trim_end_matches('.').parse::<Ipv4Addr>().is_ok()
        && !is_listed(NUMBERED, word)
}

/// Returns whether a text begins with a domain and a path, a query or a port.
fn is_domain(before: &str, text: &str) -> bool {
    // The name of a folder may look like a domain.
    if before.ends_with('/') {
        return false;
    }
    let Some(host) = domain(text) else {
        return false;
    };
    let after = &text[host.len()..];
    let is_port = after
        .strip_prefix(':')
        .is_some_and(|port| port.starts_with(|next: char| next.is_ascii_digit()));
    is_port
        || after.starts_with(['/', '?'])
            && !after[1..].starts_with(char::is_whitespace)
            && (after.len() > 1 || after.starts_with('/'))
}

/// Returns the domain at the start of a text, if its ending is one of [`TOP_LEVELS`].
fn domain(text: &str) -> Option<&str> {
    let host = prefix(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
    });
    let (name, top_level) = host.rsplit_once('.')?;
    let is_host = name
        .split('.')
        .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let is_framework = top_level.eq_ignore_ascii_case("net")
        && FRAMEWORKS.contains(&name.to_ascii_lowercase().as_str());
    let is_allowed = || crate::plan::links::is_allowed_host(&host.to_ascii_lowercase());
    (is_host && !is_framework && (is_listed(TOP_LEVELS, top_level) || is_allowed())).then_some(host)
}

/// Returns whether a text begins with an e-mail address.
fn is_mail(text: &str) -> bool {
    let name = prefix(text, |byte| {
        byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte)
    });
    let Some(host) = text[name.len()..].strip_prefix('@') else {
        return false;
    };
    let host = prefix(host, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
    });
    let mut labels = host.split('.');
    !name.is_empty()
        && labels.next().is_some_and(|label| !label.is_empty())
        && labels.any(|label| {
            let letters = label.trim_end_matches('-');
            letters.len() >= 2 && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

/// Returns the start of a text whose bytes, all ASCII, are accepted; bounded, because no name of a host or a scheme is longer.
fn prefix(text: &str, accepts: impl Fn(u8) -> bool) -> &str {
    const MAX_BYTES: usize = 256;
    let count = text
        .bytes()
        .take(MAX_BYTES)
        .take_while(|byte| accepts(*byte))
        .count();
    &text[..count]
}

fn is_listed(list: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    list.split_ascii_whitespace().any(|listed| listed == word)
}

/// Removes empty brackets, spaces before punctuation, and what dangles at the end if an address stood there.
fn tidied(text: &str, was_last: bool) -> String {
    let mut plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for empty in ["( )", "()", "[ ]", "[]", "<>", "\"\"", "“”", "''"] {
        plain = plain.replace(empty, "");
    }
    for mark in [",", ".", ";", "!", "?", ")"] {
        plain = plain.replace(&format!(" {mark}"), mark);
    }
    if plain.contains('(') {
        for word in INTRODUCTIONS.split_ascii_whitespace() {
            plain = plain.replace(&format!("({word})"), "");
        }
    }
    plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if was_last {
        let end = plain.ends_with('.');
        let mut words = plain.as_str();
        loop {
            let before = words;
            words = words.trim_end_matches([' ', ':', '-', '–', '—', ',', ';', '(', '[', '.']);
            let last = words.rsplit(' ').next().unwrap_or_default();
            if is_listed(INTRODUCTIONS, last) {
                words = &words[..words.len() - last.len()];
            }
            if words == before {
                break;
            }
        }
        let length = words.len();
        plain.truncate(length);
        if end && !plain.is_empty() {
            plain.push('.');
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn addresses_are_taken_out_of_sentences() {
        for (text, plain) in [
            (
                "Read https://doc.rust-lang.org/book/ch04.html, then write",
                "Read, then write",
            ),
            ("Read more at https://example.org.", "Read more."),
            (
                "The guide (see http://x.y/z) is short",
                "The guide is short",
            ),
            ("ftp://a.b/c or s3://bucket/key or myapp+x://open", "or or"),
            ("HTTPS://EXAMPLE.COM/A_(B)", ""),
            ("Click javascript:alert(1) now", "Click now"),
            ("JaVaScRiPt:alert`1`", "`1`"),
            ("data:text/html;base64,PHN2Zz4= x", "x"),
            ("vbscript:msgbox(1) mailto:a@b.de tel:+49123 sms:123", ""),
            ("Go to www.example.com or example.com/guide", "Go to or"),
            (
                "Ping 192.168.0.1, then 8.8.8.8:53 and 10.0.0.0/16",
                "Ping, then and",
            ),
            ("Ping ::1 and 2001:db8::1 and [fe80::1]:80", "Ping and and"),
            ("Write to coach@example.com", "Write"),
            ("//evil.example.com/x", ""),
            ("crates.io/crates/serde and bit.ly/abc", "and"),
            ("访问https://example.com/路径学习。", "访问路径学习。"),
            ("https:example.com http:/x about:blank", ""),
        ] {
            assert_eq!(strip(text.to_owned()), plain, "{text}");
        }
    }

    #[test]
    fn names_of_files_versions_times_and_sites_stay() {
        for text in [
            "Edit src/main.rs and script.py, e.g. in Node.js/Express",
            "main.rs/lib.rs, README.md, main.rs:42, docker-compose.yml",
            "Version 1.2.3, 3.5, 10.15 Uhr, 16:30, 10:15:30 and 4/5",
            "Read section 2.3.1.4 and version 10.0.19045.1",
            "v1.2.3.4",
            "Note: data: none, JavaScript: The Good Parts",
            "std::fmt, a::b, ::, Foo::bar()",
            "TCP/IP, and/or, U.S./EU, z.B./d.h., ASP.NET/C#",
            "Sign up at freecodecamp.org and Booking.com",
            "Ask @maria; react@18.2.0; // comment",
            "Ratio 3:1, 1:30:00",
            "key:value, file:main.rs, tel: 555",
        ] {
            assert_eq!(strip(text.to_owned()), text);
        }
    }
}
