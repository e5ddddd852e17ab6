//! Strings in quotes of any kind.

use super::cursor::Cursor;

/// Returns whether a string may begin with this character.
pub(super) const fn is_quote(char: char) -> bool {
    matches!(char, '"' | '\'' | '“' | '„' | '”')
}

/// Reads a string that is a value. Returns `None` if it does not end.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<String> {
    read_until(cursor, is_end)
}

/// Reads the name of a field, which ends at the first quote.
pub(super) fn read_name(cursor: &mut Cursor<'_>) -> Option<String> {
    read_until(cursor, |_rest| true)
}

fn read_until(cursor: &mut Cursor<'_>, is_end: impl Fn(&str) -> bool) -> Option<String> {
    let opening = cursor.peek()?;
    cursor.advance();
    let ends = |char: char| match opening {
        '"' | '\'' => char == opening,
        _ => matches!(char, '”' | '“' | '"'),
    };
    let mut text = String::new();
    loop {
        let rest = cursor.rest();
        // Whatever is neither the end nor an escape is copied in one piece.
        let Some(plain) = rest.find(|char| char == '\\' || ends(char)) else {
            // So that the work counts as done.
            cursor.advance_bytes(rest.len());
            return None;
        };
        text.push_str(&rest[..plain]);
        cursor.advance_bytes(plain);
        let char = cursor.peek()?;
        cursor.advance();
        if char == '\\' {
            escape(cursor, &mut text)?;
        } else if is_end(cursor.rest()) {
            return Some(text);
        } else {
            text.push(char);
        }
    }
}

/// Returns whether a string ends before this rest: whether what follows is what follows a string. Otherwise the quote belongs to the
/// string, and was not escaped.
fn is_end(rest: &str) -> bool {
    let after = rest.trim_start();
    let gap = &rest[..rest.len() - after.len()];
    let mut chars = after.chars();
    match chars.next() {
        None | Some(':' | '}' | ']' | '#' | '/') => true,
        Some(',') => {
            let next = chars.as_str().trim_start();
            let starts_value = |char: char| {
                is_quote(char)
                    || char.is_ascii_digit()
                    || matches!(char, '{' | '[' | '}' | ']' | ',' | '-' | '.' | '/' | '#')
            };
            next.is_empty() || next.starts_with(starts_value) || is_bare(next)
        }
        // A comma is missing at the end of a line.
        Some(char) => is_quote(char) && gap.contains('\n'),
    }
}

/// Returns whether a text begins with a literal, or a name without quotes and its colon.
fn is_bare(text: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
    let end = text.find(|char| !is_part(char)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let is_literal = matches!(word, "true" | "false" | "null" | "True" | "False" | "None");
    (is_literal && rest.starts_with([',', '}', ']'])) || (!word.is_empty() && rest.starts_with(':'))
}

/// Reads what follows a backslash. An escape that does not exist stands for its character.
fn escape(cursor: &mut Cursor<'_>, text: &mut String) -> Option<()> {
    let char = cursor.peek()?;
    cursor.advance();
    match char {
        'n' => text.push('\n'),
        't' => text.push('\t'),
        'r' => text.push('\r'),
        'b' => text.push('\u{8}'),
        'f' => text.push('\u{c}'),
        // The line goes on.
        '\n' => {}
        'u' => match code_unit(cursor.rest()) {
            Some(unit) => {
                cursor.advance_bytes(4);
                text.push(code_point(unit, cursor));
            }
            None => text.push('u'),
        },
        other => text.push(other),
    }
    Some(())
}

/// Returns the character of a code unit, together with the second half of a pair where that follows.
fn code_point(unit: u16, cursor: &mut Cursor<'_>) -> char {
    let second = cursor.rest().strip_prefix("\\u").and_then(code_unit);
    let units = std::iter::once(unit).chain(second);
    match char::decode_utf16(units).next() {
        Some(Ok(char)) => {
            if char.len_utf16() == 2 {
                cursor.advance_bytes(6);
            }
            char
        }
        _ => char::REPLACEMENT_CHARACTER,
    }
}

fn code_unit(text: &str) -> Option<u16> {
    let digits = text.get(..4)?;
    let are_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    are_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}
