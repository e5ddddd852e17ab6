//! Identifiers: order numbers, commits, addresses, versions. Nothing inside them is a word, a number or a date.

/// Units that may stand between two numbers: "1h30", "3x45min".
const BETWEEN: [&str; 8] = ["h", "hr", "hrs", "hs", "std", "x", "u", "hours"];

/// The most bytes that are looked at: more than any phrase of a constraint has without white space.
const MAX: usize = 120;

/// Returns the length in bytes of the identifier that `rest` begins with; `None` if words, numbers or dates stand there.
///
/// It is one if letters and digits alternate in it in a way that no amount of time is written ("02dec44cc6dc"), if it is an
/// address ("a@b.c", "https://..."), or if it has more parts than a date ("10.0.0.12").
pub(super) fn identifier_len(rest: &str) -> Option<usize> {
    let end = rest
        .char_indices()
        .take_while(|(at, letter)| *at < MAX && !letter.is_whitespace())
        .last()
        .map_or(0, |(at, letter)| at + letter.len_utf8());
    let chunk = rest.get(..end)?;
    // Most words have none of the signs that make an identifier.
    if !chunk
        .bytes()
        .any(|byte| byte.is_ascii_digit() || matches!(byte, b'@' | b'_' | b'#' | b':'))
    {
        return None;
    }
    let chunk = chunk.trim_end_matches(|last: char| {
        !last.is_alphanumeric() && !matches!(last, '#' | '+' | '/' | '%' | '°')
    });
    let is_one = is_address(chunk) || is_version(chunk) || is_code(chunk);
    (is_one || parts(chunk).any(is_mixed)).then_some(chunk.len())
}

/// The runs of letters and digits, at most as many as a text without white space has.
fn parts(chunk: &str) -> impl Iterator<Item = &str> {
    chunk
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
}

/// "a@b.c", "https://...", "my_file", "#1204", "@name".
fn is_address(chunk: &str) -> bool {
    let has_letters = chunk.contains(char::is_alphabetic);
    (has_letters && (chunk.contains("://") || chunk.contains('@') || chunk.contains('_')))
        || (chunk.len() > 1 && chunk.starts_with('#'))
}

/// "10.0.0.12", "v2.10".
fn is_version(chunk: &str) -> bool {
    let numbers = chunk.strip_prefix(['v', 'V']).unwrap_or(chunk);
    let is_numeric = numbers.starts_with(|first: char| first.is_ascii_digit())
        && numbers
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_numeric && (numbers.len() < chunk.len() || numbers.matches('.').count() >= 3)
}

/// "BY-1900", "AZ-104": two capital letters, a hyphen, and a number that is no calendar week.
fn is_code(chunk: &str) -> bool {
    let Some((letters, number)) = chunk.split_once('-') else {
        return false;
    };
    letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        && number.len() > 2
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether letters and digits alternate as in no amount of time, ordinal or name with a number.
fn is_mixed(part: &str) -> bool {
    let mut runs = part
        .as_bytes()
        .chunk_by(|one, other| one.is_ascii_digit() == other.is_ascii_digit())
        .filter_map(|run| std::str::from_utf8(run).ok());
    let (Some(first), Some(second), Some(third)) = (runs.next(), runs.next(), runs.next()) else {
        return false;
    };
    let is_amount = first.bytes().all(|byte| byte.is_ascii_digit())
        && first.len() <= 2
        && BETWEEN.contains(&second.to_lowercase().as_str())
        && third.len() <= 2;
    // "3x45min" has four runs; the last is a unit, which is looked up later.
    !(is_amount && runs.next().is_none_or(|unit| unit.len() <= 4) && runs.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::identifier_len;

    #[test]
    fn numbers_of_orders_commits_and_addresses_are_identifiers() {
        for source in [
            "02dec44cc6dc",
            "3jun9f1c",
            "09dez71ab",
            "inv-4mar7-11",
            "me@2may.example",
            "https://example.org/2027/03/04",
            "10.0.0.12",
            "v2.10",
            "my_3_may_file",
            "#1204",
            "BY-1900",
        ] {
            assert_eq!(
                identifier_len(&format!("{source} in May")),
                Some(source.len()),
                "{source}"
            );
        }
    }

    #[test]
    fn amounts_dates_and_names_with_a_number_are_none() {
        for source in [
            "6h",
            "1h30",
            "3x45min",
            "14th",
            "2027-03-14",
            "14.03.26",
            "3/14/2027",
            "M/W/F",
            "A2",
            "Q2",
            "KW9",
            "KW-10",
            "5k",
            "10,000",
            "7:30",
            "2027-W15",
            "C#",
            "Tu/Th",
            "45min",
            "(14.3.)",
        ] {
            assert_eq!(identifier_len(source), None, "{source}");
        }
    }
}
