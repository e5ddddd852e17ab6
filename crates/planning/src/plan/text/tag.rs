//! HTML tags and comments. The text between tags stays, apart from that of scripts and style sheets.

/// Elements of HTML, SVG and MathML. The words of other tags, such as `<your name>`, are text.
const ELEMENTS: &str = " a abbr acronym address animate applet area article aside audio b base basefont bdi bdo bgsound big blink \
    blockquote body br button canvas caption center circle cite code col colgroup data datalist dd del details dfn dialog dir div dl \
    dt em embed fieldset figcaption figure font footer foreignobject form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr \
    html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta \
    meter nav nobr noembed noframes noscript object ol optgroup option output p param path picture plaintext portal pre progress q \
    rb rp rt rtc ruby s samp script search section select set slot small source spacer span strike strong style sub summary sup svg \
    table tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr xml xmp xss ";

/// Elements that begin a line or a cell of their own: a space takes their place.
const BREAKS: &str = " article aside blockquote br dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre \
    section table tbody td th thead tr ul ";

/// Elements whose content is not for people.
const PROGRAMS: [&str; 2] = ["script", "style"];

/// What stands between `<` and `>`.
struct Tag<'a> {
    inner: &'a str,
    name: String,
}

impl Tag<'_> {
    fn is_listed_in(&self, names: &str) -> bool {
        names.split_ascii_whitespace().any(|name| name == self.name)
    }

    /// Returns whether it is markup and not words in angle brackets.
    fn is_markup(&self) -> bool {
        self.inner.starts_with(['/', '!', '?'])
            || self.inner.contains('=')
            || self.is_listed_in(ELEMENTS)
    }

    /// Returns whether a text speaks of the tag, as in "the `<table>` tag": alone, between words, and never closed.
    fn is_mentioned(&self, before: &str, after: &str) -> bool {
        let closing = format!("</{}", self.name);
        self.inner.eq_ignore_ascii_case(&self.name)
            && !matches!(self.name.as_str(), "br" | "hr")
            && before.trim_end().len() + 1 == before.len()
            && before.len() > 1
            && after.chars().next().is_none_or(|next| {
                next.is_whitespace() || matches!(next, '.' | ',' | ';' | ':' | '!' | '?' | ')')
            })
            && find_ignoring_case(after, &closing).is_none()
    }
}

/// Removes tags, comments, and the content of scripts and style sheets. Of an unclosed tag, only the bracket is removed, and a
/// comparison without spaces gets them.
pub(super) fn strip(text: String) -> String {
    if !text.contains('<') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        plain.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        if !rest
            .starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
        {
            plain.push('<');
            continue;
        }
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        rest = strip_tag(&mut plain, rest);
    }
    plain.push_str(rest);
    plain
}

/// Strips the tag at the start of `rest`, whose opening bracket was read. Returns the text after it.
fn strip_tag<'a>(plain: &mut String, rest: &'a str) -> &'a str {
    let is_glued = plain.chars().next_back().is_some_and(char::is_alphanumeric);
    let Some(end) = closing_bracket(rest) else {
        if is_glued {
            plain.push_str(" < ");
        }
        return rest;
    };
    let inner = &rest[..end];
    let after = &rest[end + 1..];
    let name = inner
        .trim_start_matches('/')
        .split(|char: char| !char.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let tag = Tag { inner, name };
    let is_comparison = is_glued && inner.contains(' ') && !inner.contains(['=', '"', '/']);
    if is_comparison {
        plain.push_str(" < ");
        return rest;
    }
    if !tag.is_markup() || tag.is_mentioned(plain, after) {
        if is_glued {
            // The parameter of a generic type.
            plain.push('(');
            plain.push_str(inner);
            plain.push(')');
        } else {
            plain.push_str(inner);
        }
        return after;
    }
    if PROGRAMS.contains(&tag.name.as_str()) && !inner.starts_with('/') {
        return after_program(after, &tag.name);
    }
    if tag.is_listed_in(BREAKS) {
        plain.push(' ');
    }
    after
}

/// Returns the position of the bracket that closes a tag; brackets in quotes do not. There is none if another tag opens first.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut unquoted = None;
    for (index, byte) in text.bytes().enumerate() {
        if byte == b'>' {
            unquoted = unquoted.or(Some(index));
        }
        match (byte, quote) {
            (b'>', None) => return Some(index),
            (b'<', None) => return None,
            (b'"' | b'\'', None) if index > 0 && text.as_bytes()[index - 1] == b'=' => {
                quote = Some(byte);
            }
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that is never closed is none.
    unquoted
}

/// Returns the text after the closing tag of a script or style sheet; all of it if there is none.
fn after_program<'a>(text: &'a str, name: &str) -> &'a str {
    match find_ignoring_case(text, &format!("</{name}")) {
        Some(close) => text[close..]
            .find('>')
            .map_or("", |end| &text[close + end + 1..]),
        None => text,
    }
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::strip;

    fn stripped(text: &str) -> String {
        let plain = strip(text.to_owned());
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tags_are_removed_and_their_text_stays() {
        for (text, plain) in [
            ("<b>Read</b> the docs", "Read the docs"),
            ("Read<script>alert(1)</script> on", "Read on"),
            ("Read<STYLE>p{}</STYLE > on", "Read on"),
            ("<img src=x onerror=alert(1)>Go", "Go"),
            ("<a href=\"a>b\" title='c>d'>Go</a>", "Go"),
            ("<x onclick=alert(1)>Go", "Go"),
            ("one<br>two<br/>three<p>four</p>", "one two three four"),
            ("Read<!-- hidden > words --> on", "Read on"),
            ("<!DOCTYPE html><?php x ?>Go", "Go"),
            (
                "Open <img src=x onerror=alert(1)",
                "Open img src=x onerror=alert(1)",
            ),
        ] {
            assert_eq!(stripped(text), plain, "{text}");
        }
    }

    #[test]
    fn words_in_angle_brackets_and_comparisons_stay() {
        for (text, plain) in [
            ("a < b and c > d", "a < b and c > d"),
            ("I <3 it", "I <3 it"),
            ("pace <5:30", "pace <5:30"),
            ("x<y", "x < y"),
            ("a<b and c>d", "a < b and c>d"),
            (
                "Write to <your name> at <company>",
                "Write to your name at company",
            ),
            ("Use Vec<String>", "Use Vec(String)"),
            (
                "Learn the <table> and <form> elements",
                "Learn the table and form elements",
            ),
        ] {
            assert_eq!(stripped(text), plain, "{text}");
        }
    }
}
