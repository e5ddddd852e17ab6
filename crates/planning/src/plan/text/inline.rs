//! Markdown inside of a line: code, links, images, and emphasis (bold, italic and struck through).
//!
//! The rules of CommonMark decide what is emphasis, with three exceptions. Names such as `__init__` stay; so do products and powers such as `2**10 and 3**4`; and `**` after a colon or beside Chinese punctuation counts also where CommonMark
//! wants a space.

use crate::characters::is_punctuation;

/// Names that Python, C and JavaScript write between double underscores.
const DUNDER_NAMES: &str = " abs add aenter aexit aiter all and anext annotations attribute await bases bool builtins bytes cached call \
    class cmp complex contains copy counter date deepcopy defaults del delattr delete delitem dict dir dirname divmod doc enter eq exit \
    file filename float floordiv format ge get getattr getattribute getitem getnewargs getstate gt hash iadd import imul index init \
    init_subclass instancecheck int inv invert isub iter kwdefaults le len length_hint line loader lshift lt main matmul missing mod \
    module mro mul name ne neg new next or package path pos post_init pow prepare proto qualname radd reduce reduce_ex repr reversed rmul \
    round rshift rsub set set_name setattr setitem setstate sizeof slots spec str sub subclasscheck subclasses subclasshook test time \
    truediv typename va_args version weakref wrapped xor ";

/// Removes the marks of code, links, images and emphasis; their text stays.
pub(super) fn strip(text: String) -> String {
    if !text.contains(['`', '*', '_', '~', ']']) {
        return text;
    }
    let text = strip_code(&text);
    let text = strip_links(text);
    strip_emphasis(&text)
}

/// Removes backticks. A tag in code is spoken of, so its name stays.
fn strip_code(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            plain.push_str(&part.replace(['<', '>'], " "));
        } else {
            plain.push_str(part);
        }
    }
    plain
}

/// Replaces links and images with their text, and removes footnotes.
fn strip_links(text: String) -> String {
    let mut plain = text;
    while let Some(middle) = plain.find("](") {
        let open = plain[..middle].rfind('[');
        let target = &plain[middle + 2..];
        let end = closing_parenthesis(target);
        let (before, words) = match open {
            Some(open) => (&plain[..open], &plain[open + 1..middle]),
            None => (&plain[..middle], ""),
        };
        let is_call = before.ends_with(|last: char| last.is_ascii_alphanumeric() || last == ']')
            && !target[..end].contains(['/', ':', '.', '#']);
        plain = if is_call && open.is_some() {
            // An element that is called, such as `handlers[0](event)`.
            format!("{before}[{words}] ({target}")
        } else {
            let after = target[end..].strip_prefix(')').unwrap_or(&target[end..]);
            format!(
                "{}{words}{after}",
                before.strip_suffix('!').unwrap_or(before)
            )
        };
    }
    strip_references(plain)
}

/// Returns the position of the parenthesis that ends the target of a link; the first white space or the end if none does.
fn closing_parenthesis(target: &str) -> usize {
    let mut depth = 0_usize;
    for (index, char) in target.char_indices() {
        match char {
            '(' => depth += 1,
            ')' if depth == 0 => return index,
            ')' => depth -= 1,
            _ => {}
        }
    }
    target.find([')', ' ']).unwrap_or(target.len())
}

/// Replaces `[text][reference]` with its text, and removes `[^1]`. An index such as `grid[0][1]` stays.
fn strip_references(text: String) -> String {
    if !text.contains("][") && !text.contains("[^") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(open) = rest.find('[') {
        plain.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest
            .find(']')
            .filter(|close| !rest[1..*close].contains('['));
        let Some(close) = close else {
            plain.push('[');
            rest = &rest[1..];
            continue;
        };
        let (words, after) = (&rest[1..close], &rest[close + 1..]);
        let is_index =
            plain.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ']' | '['));
        let reference = after.strip_prefix('[').and_then(|inner| inner.find(']'));
        if words.starts_with('^') && !is_spaced(words) {
            rest = after;
        } else if let (Some(end), false) = (reference, is_index || words.is_empty()) {
            plain.push_str(words);
            rest = &after[end + 2..];
        } else {
            plain.push_str(&rest[..=close]);
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

fn is_spaced(words: &str) -> bool {
    words.contains(char::is_whitespace)
}

/// A run of equal marks of emphasis.
struct Run {
    mark: u8,
    /// The marks that belong to no pair yet: from the start of the run on for a closing one, up to its end for an opening one.
    start: usize,
    end: usize,
    can_open: bool,
    can_close: bool,
    /// Whether the characters on both sides are ASCII letters or digits.
    is_inside: bool,
}

impl Run {
    const fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Removes the marks of emphasis.
fn strip_emphasis(text: &str) -> String {
    let mut runs = runs(text);
    let mut removed = Vec::new();
    for close in 0..runs.len() {
        while runs[close].can_close && runs[close].len() > 0 {
            let open = (0..close)
                .rev()
                .find(|open| is_pair(text, &runs[*open], &runs[close]));
            let Some(open) = open else { break };
            let width = runs[open].len().min(runs[close].len()).min(2);
            let (opening, closing) = (runs[open].end - width, runs[close].start);
            removed.push(opening..opening + width);
            removed.push(closing..closing + width);
            runs[open].end -= width;
            runs[close].start += width;
            // What stands between the two can no longer open a pair.
            for between in &mut runs[open + 1..close] {
                between.can_open = false;
            }
        }
    }
    if removed.is_empty() {
        return text.to_owned();
    }
    removed.sort_unstable_by_key(|range| range.start);
    let mut plain = String::with_capacity(text.len());
    let mut place = 0;
    for range in removed {
        plain.push_str(&text[place..range.start]);
        place = range.end;
    }
    plain.push_str(&text[place..]);
    plain
}

fn runs(text: &str) -> Vec<Run> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let mark = bytes[start];
        let length = bytes[start..]
            .iter()
            .take_while(|byte| **byte == mark)
            .count();
        let end = start + length;
        if matches!(mark, b'*' | b'_') || (mark == b'~' && length <= 2) {
            runs.push(run(text, mark, start, end));
        }
        start = end;
    }
    spare_names(text, &mut runs);
    runs
}

/// Takes the underscores of names such as `__init__` out of the marks.
fn spare_names(text: &str, runs: &mut [Run]) {
    for open in 0..runs.len() {
        if runs[open].mark != b'_' || !runs[open].can_open {
            continue;
        }
        let close = (open + 1..runs.len())
            .find(|close| runs[*close].can_close && runs[*close].mark == b'_');
        if let Some(close) = close
            && is_name(&text[runs[open].start..runs[close].end])
        {
            for end in [open, close] {
                runs[end].can_open = false;
                runs[end].can_close = false;
            }
        }
    }
}

fn run(text: &str, mark: u8, start: usize, end: usize) -> Run {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let is_space = |char: Option<char>| char.is_none_or(char::is_whitespace);
    let is_punctuated = |char: Option<char>| char.is_some_and(is_punctuation);
    let is_double = mark != b'_' && end - start >= 2;
    let opens_quote = is_double && after.is_some_and(|char| !char.is_ascii());
    let ends_sentence = is_double
        && before.is_some_and(|char| !char.is_ascii() || matches!(char, '.' | ':' | '!' | '?'));
    let left = !is_space(after)
        && (opens_quote || !is_punctuated(after) || is_space(before) || is_punctuated(before));
    let right = !is_space(before)
        && (ends_sentence || !is_punctuated(before) || is_space(after) || is_punctuated(after));
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    let is_digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    let (left, right) = if is_word(before) && is_digit(after) {
        // An operator, such as in "2**10".
        (false, false)
    } else if mark == b'~' && end - start == 1 {
        // A single tilde stands before a rough number or between the ends of a range far more often than at struck words.
        let is_letter = |char: Option<char>| char.is_some_and(char::is_alphabetic);
        (
            left && is_letter(after) && !is_letter(before),
            right && !is_word(after) && !before.is_some_and(char::is_numeric),
        )
    } else {
        (left, right)
    };
    Run {
        mark,
        start,
        end,
        // Underscores inside of a word are part of it.
        can_open: left && (mark != b'_' || !right || is_punctuated(before)),
        can_close: right && (mark != b'_' || !left || is_punctuated(after)),
        is_inside: is_word(before) && is_word(after),
    }
}

/// Returns whether two runs are the ends of an emphasis.
fn is_pair(text: &str, open: &Run, close: &Run) -> bool {
    let has_equal_length = open.mark != b'~' || open.len() == close.len();
    open.mark == close.mark
        && open.can_open
        && open.len() > 0
        && has_equal_length
        && !(open.is_inside && close.is_inside && is_arithmetic(text, open, close))
}

/// Returns whether two runs inside of words are operators: single ones, and those beside a number or a variable.
fn is_arithmetic(text: &str, open: &Run, close: &Run) -> bool {
    let factors = [
        &text[..open.start],
        &text[open.end..close.start],
        &text[close.end..],
    ];
    let is_short = |word: &str| word.len() <= 1 || word.bytes().any(|byte| byte.is_ascii_digit());
    let word_before = |text: &str| -> usize {
        text.bytes()
            .rev()
            .take_while(u8::is_ascii_alphanumeric)
            .count()
    };
    let before = &factors[0][factors[0].len() - word_before(factors[0])..];
    let after = &factors[2][..factors[2]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count()];
    open.len() == 1 || close.len() == 1 || is_short(before) || is_short(after)
}

/// Returns whether a text is a name between double underscores, such as `__init__`, and not a word in bold.
fn is_name(text: &str) -> bool {
    let Some(name) = text
        .strip_prefix("__")
        .and_then(|text| text.strip_suffix("__"))
    else {
        return false;
    };
    let is_identifier = !name.is_empty()
        && !name.starts_with('_')
        && !name.ends_with('_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let lower = name.to_ascii_lowercase();
    let is_known = DUNDER_NAMES
        .split_ascii_whitespace()
        .any(|known| known == lower);
    is_identifier
        && (is_known || name.contains('_') || name.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn marks_are_removed_and_their_text_stays() {
        for (text, plain) in [
            (
                "**Bold** and *italic* and ***both***",
                "Bold and italic and both",
            ),
            (
                "__several words__ and _one_ and ___both___",
                "several words and one and both",
            ),
            ("__Important__: __read__ it", "Important: read it"),
            ("~~gone~~ and ~gone~", "gone and gone"),
            ("**Note:** read; **Note:**read", "Note: read; Note:read"),
            (
                "学习**重点:**内容 and 学**习**好 and 学*习*好",
                "学习重点:内容 and 学习好 and 学习好",
            ),
            ("**one *two* three**", "one two three"),
            ("un**believ**able", "unbelievable"),
            ("`code` and ``more ` code``", "code and more  code"),
            ("Learn the `<div>` tag", "Learn the  div  tag"),
            (
                "Visit [the site](javascript:alert(1)) now",
                "Visit the site now",
            ),
            (
                "[wiki](https://x.org/Rust_(language)) ![cat](c.png)",
                "wiki cat",
            ),
            ("[open](https://x.org and on", "open and on"),
            ("[guide][1], [guide][], text[^1]", "guide, guide, text"),
        ] {
            assert_eq!(strip(text.to_owned()), plain, "{text}");
        }
    }

    #[test]
    fn marks_that_are_no_emphasis_stay() {
        for text in [
            "__init__ and __main__.py and __FILE__ and __my_var__",
            "my_var, snake_case_name, x_1 and _private",
            "Learn __init__ and **kwargs",
            "f(*args, **kwargs) and f(*args,**kwargs)",
            "5 * 3, 5*3 and 4*2, a*b*c",
            "2**10, 2**10 and 3**4, x**y**z",
            "*.txt and *.md",
            "~5 km to ~10 km, 5~10 min, 3~5 times",
            "grid[0][1], [draft], [[1, 2], [3, 4]]",
            "a **** b",
            "* * *",
        ] {
            assert_eq!(strip(text.to_owned()), text);
        }
    }
}
