//! The tokens of a query.

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A command, a function, a field or a keyword. Fields of CloudWatch itself begin with `@`.
    Word(String),
    /// A number.
    Number(f64),
    /// A length of time, such as `5m`, in milliseconds.
    Period(i64),
    /// A text in quotation marks.
    Text(String),
    /// `(`, `)`, `[`, `]`, `,`, `|`, `*` or a comparison.
    Sign(&'static str),
}

const SIGNS: [&str; 13] = [
    "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "|", "*",
];

/// Splits a query into tokens. Lines that begin with `#` are comments.
///
/// # Errors
/// Returns what is no token of the language.
pub fn tokens(query: &str) -> Result<Vec<Token>, String> {
    let lines = query.lines().filter(|line| !line.trim().starts_with('#'));
    let text: String = lines.collect::<Vec<_>>().join("\n");
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
        let length = if let Some(sign) = sign {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else if first == '"' {
            let end = rest[1..].find('"').ok_or("a text has no end")?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else {
            let is_part = |char: char| char.is_alphanumeric() || "@_.".contains(char);
            let end = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{first}` is not known"));
            }
            tokens.push(word(&rest[..end])?);
            end
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn word(text: &str) -> Result<Token, String> {
    if let Ok(number) = text.parse() {
        return Ok(Token::Number(number));
    }
    if !text.starts_with(|char: char| char.is_ascii_digit()) {
        return Ok(Token::Word(text.to_owned()));
    }
    let unit = text.trim_start_matches(|char: char| char.is_ascii_digit());
    let count: i64 = text[..text.len() - unit.len()]
        .parse()
        .map_err(|error| format!("{text}: {error}"))?;
    let millis = match unit {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(format!("`{text}` is no length of time")),
    };
    Ok(Token::Period(count * millis))
}
