//! JSON as models write it: read where what is meant is plain, refused where it is not.
//!
//! Beyond JSON, these are read: control characters in strings, commas that are too many, missing commas at the end of a line, comments,
//! quotes of other kinds, quotes inside a string that were not escaped, keys without quotes, literals of Python and JavaScript, numbers
//! that JSON does not know (as `null`), and escapes that do not exist. A value that does not end is no value: what a model had no room
//! to finish must not look like an answer.

mod cursor;
mod string;

use serde_json::{Map, Number, Value};

use self::cursor::Cursor;

/// How deep a value may be nested. A plan has five levels.
const MAX_DEPTH: u8 = 96;

/// Where a value could not be read any further, as an offset in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FailedAt(pub usize);

/// Reads the value that begins at `start`, an offset in bytes. Returns the value and the offset of its end.
///
/// # Errors
/// [`FailedAt`], how far it was read.
pub(super) fn read_at(text: &str, start: usize) -> Result<(Value, usize), FailedAt> {
    let mut cursor = Cursor::new(text, start);
    let read = value(&mut cursor, MAX_DEPTH);
    let at = cursor.offset();
    read.map(|value| (value, at)).ok_or(FailedAt(at))
}

/// Reads a text that is one value and nothing else. Returns `None` for any other text.
#[must_use]
pub fn read_whole(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut cursor = Cursor::new(text, 0);
    let value = value(&mut cursor, MAX_DEPTH)?;
    cursor.skip_blank();
    cursor.peek().is_none().then_some(value)
}

fn value(cursor: &mut Cursor<'_>, depth: u8) -> Option<Value> {
    cursor.skip_blank();
    let depth = depth.checked_sub(1)?;
    match cursor.peek()? {
        '{' => object(cursor, depth).map(Value::Object),
        '[' => array(cursor, depth).map(Value::Array),
        char if string::is_quote(char) => string::read(cursor).map(Value::String),
        char if char.is_alphanumeric() || matches!(char, '-' | '+' | '.' | '_') => {
            word(cursor.take_word())
        }
        _ => None,
    }
}

fn object(cursor: &mut Cursor<'_>, depth: u8) -> Option<Map<String, Value>> {
    cursor.advance();
    let mut fields = Map::new();
    loop {
        cursor.skip_blank_and_commas();
        match cursor.peek()? {
            '}' => {
                cursor.advance();
                return Some(fields);
            }
            char if string::is_quote(char) => {
                let name = string::read_name(cursor)?;
                let field = field(cursor, depth)?;
                fields.insert(name, field);
            }
            char if char.is_alphabetic() || matches!(char, '_' | '$') => {
                let name = cursor.take_name().to_owned();
                let field = field(cursor, depth)?;
                fields.insert(name, field);
            }
            _ => return None,
        }
    }
}

fn field(cursor: &mut Cursor<'_>, depth: u8) -> Option<Value> {
    cursor.skip_blank();
    if cursor.peek()? != ':' {
        return None;
    }
    cursor.advance();
    value(cursor, depth)
}

fn array(cursor: &mut Cursor<'_>, depth: u8) -> Option<Vec<Value>> {
    cursor.advance();
    let mut items = Vec::new();
    loop {
        cursor.skip_blank_and_commas();
        if cursor.peek()? == ']' {
            cursor.advance();
            return Some(items);
        }
        items.push(value(cursor, depth)?);
    }
}

/// Reads what stands without quotes: a literal or a number. Digits that are no number, such as `3-4`, are kept as text.
fn word(word: &str) -> Option<Value> {
    match word {
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        "null" | "None" | "NULL" | "nil" | "undefined" => return Some(Value::Null),
        _ => {}
    }
    if let Ok(number) = word.strip_prefix('+').unwrap_or(word).parse::<Number>() {
        return Some(Value::Number(number));
    }
    let unsigned = word.trim_start_matches(['-', '+']);
    match word.parse::<f64>() {
        // Also `+1`, `.5` and `5.`; infinities and `NaN` have no number.
        Ok(number) => Some(Number::from_f64(number).map_or(Value::Null, Value::Number)),
        Err(_) if unsigned.starts_with(|char: char| char.is_ascii_digit()) => {
            Some(Value::String(word.to_owned()))
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_plainly_meant_is_read() {
        let wanted = json!({"a": ["b", "c"], "d": 1});
        for text in [
            r#"{"a": ["b", "c"], "d": 1}"#,
            "\u{feff} {\"a\": [\"b\", \"c\"], \"d\": 1}\n",
            r#"{"a": ["b", "c",], "d": 1,}"#,
            r#"{"a": ["b",, "c"], "d": 1}"#,
            r"{'a': ['b', 'c'], 'd': 1}",
            "{“a”: [“b”, “c”], “d”: 1}",
            r#"{a: ["b", "c"], d: +1}"#,
            "{\"a\": [\"b\" // the first\n, /* and */ \"c\"], # both\n \"d\": 1}",
            "{\"a\": [\n\"b\"\n\"c\"\n]\n\"d\": 1}",
        ] {
            assert_eq!(read_whole(text), Some(wanted.clone()), "{text}");
        }
    }

    #[test]
    fn strings_keep_what_they_say() {
        for (text, wanted) in [
            ("\"a\nb\tc\"", "a\nb\tc"),
            (r#""a\nb\"c\\""#, "a\nb\"c\\"),
            (r#""\d\_\'""#, "d_'"),
            (r#""\u00e9 \ud83c\udfb9""#, "é 🎹"),
            (r#""\ud83c x \u12""#, "\u{fffd} x u12"),
            (r"'don't'", "don't"),
        ] {
            assert_eq!(read_whole(text), Some(json!(wanted)), "{text}");
        }
        assert_eq!(
            read_whole(r#"{"a": ["Say "hello" to them", "He said "no", and left"], "b": 1}"#),
            Some(json!({"a": ["Say \"hello\" to them", "He said \"no\", and left"], "b": 1}))
        );
    }

    #[test]
    fn words_and_numbers_of_other_languages_are_read() {
        assert_eq!(
            read_whole("[True, None, NaN, -Infinity, 1e999, .5, 5., 3-4, undefined]"),
            Some(json!([true, null, null, null, null, 0.5, 5.0, "3-4", null]))
        );
    }

    #[test]
    fn what_does_not_end_or_is_no_json_is_no_value() {
        for text in [
            "",
            "{",
            "{\"a\": [1, 2}",
            "{\"a\": \"b",
            "{\"a\": {\"b\": 1}",
            "[1, 2, ...]",
            "{a}",
            "{\"a\" 1}",
            "{\"a\": infinite}",
            "1 2",
            "Hello",
        ] {
            assert_eq!(read_whole(text), None, "{text}");
        }
        assert_eq!(read_whole(&"[".repeat(100_000)), None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            "[\"',:{}\\[\\]\\\\ \n]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 48, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..5)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_text_without_stray_quotes_is_read_as_json_reads_it(value in any_json()) {
            // A quote that is followed by what may stand after a string ends it, even if it was escaped: so none is in these.
            let text = value.to_string();
            let read = read_at(&text, 0);
            prop_assert_eq!(read.map(|(read, _)| read), Ok(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([\\[\\]{}\"',:#/*\\\\ ]|[a-z0-9]|\\PC){0,80}") {
            let _ = read_whole(&text);
            for (start, _) in text.char_indices() {
                let at = match read_at(&text, start) {
                    Ok((_, at)) | Err(FailedAt(at)) => at,
                };
                prop_assert!(at >= start && text.is_char_boundary(at));
            }
        }
    }
}
