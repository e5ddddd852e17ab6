//! Reads the pattern of a metric filter.

use super::pattern::{Comparison, Operand, Test};

/// Reads a pattern: `{ ... }`.
pub fn read(text: &str) -> Result<Test, String> {
    let inner = text
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or_else(|| format!("`{text}` is no pattern for JSON"))?;
    let mut reader = Reader {
        tokens: tokens(inner)?,
    };
    let test = reader.any()?;
    match reader.tokens.pop() {
        None => Ok(test),
        Some(rest) => Err(format!("`{rest}` is left over in `{text}`")),
    }
}

/// Splits a pattern into selectors, operators, words, quoted texts (with their first quote) and brackets; the last one first.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '"' => {
                let end = rest[1..].find('"');
                let end = end.ok_or_else(|| format!("`{rest}` has no end of its text"))?;
                found.push(rest[..=end].to_owned());
                rest = rest[end + 2..].trim_start();
                continue;
            }
            '&' | '|' | '=' | '!' | '<' | '>' => {
                let end = rest.find(|sign| !"&|=!<>".contains(sign));
                end.unwrap_or(rest.len())
            }
            _ => {
                let end =
                    rest.find(|sign: char| sign.is_whitespace() || "()\"&|=!<>".contains(sign));
                end.unwrap_or(rest.len())
            }
        };
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    found.reverse();
    Ok(found)
}

struct Reader {
    /// The next one is the last.
    tokens: Vec<String>,
}

impl Reader {
    fn next(&mut self) -> Result<String, String> {
        let next = self.tokens.pop();
        next.ok_or_else(|| "the pattern ends too early".to_owned())
    }

    fn takes(&mut self, token: &str) -> bool {
        let is_next = self.tokens.last().is_some_and(|next| next == token);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn any(&mut self) -> Result<Test, String> {
        let mut tests = vec![self.all()?];
        while self.takes("||") {
            tests.push(self.all()?);
        }
        Ok(if tests.len() == 1 {
            tests.remove(0)
        } else {
            Test::Any(tests)
        })
    }

    fn all(&mut self) -> Result<Test, String> {
        let mut tests = vec![self.single()?];
        while self.takes("&&") {
            tests.push(self.single()?);
        }
        Ok(if tests.len() == 1 {
            tests.remove(0)
        } else {
            Test::All(tests)
        })
    }

    fn single(&mut self) -> Result<Test, String> {
        let first = self.next()?;
        if first == "(" {
            let inner = self.any()?;
            return match self.next()?.as_str() {
                ")" => Ok(inner),
                other => Err(format!("`{other}` where `)` is due")),
            };
        }
        let is_simple = first.strip_prefix("$.").is_some_and(|path| {
            path.bytes()
                .all(|sign| sign.is_ascii_alphanumeric() || sign == b'_' || sign == b'.')
        });
        if !is_simple {
            return Err(format!("`{first}` where a field such as `$.status` is due"));
        }
        let comparison = match self.next()?.as_str() {
            "EXISTS" => return Ok(Test::Exists(first, true)),
            "NOT" => {
                return match self.next()?.as_str() {
                    "EXISTS" => Ok(Test::Exists(first, false)),
                    other => Err(format!("NOT {other} is not known")),
                };
            }
            "IS" => {
                let flag = match self.next()?.as_str() {
                    "TRUE" => true,
                    "FALSE" => false,
                    other => return Err(format!("IS {other} is not known")),
                };
                return Ok(Test::Compare(first, Comparison::Equal, Operand::Flag(flag)));
            }
            "=" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            other => return Err(format!("`{other}` where a comparison is due")),
        };
        let operand = operand(&self.next()?)?;
        let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if is_order && !matches!(operand, Operand::Number(_)) {
            return Err(format!(
                "{first} is compared with something that has no order"
            ));
        }
        Ok(Test::Compare(first, comparison, operand))
    }
}

fn operand(token: &str) -> Result<Operand, String> {
    if let Some(text) = token.strip_prefix('"') {
        return Ok(Operand::Text(text.to_owned()));
    }
    if token == "*" {
        return Ok(Operand::Anything);
    }
    if let Ok(number) = token.parse() {
        return Ok(Operand::Number(number));
    }
    // Without quotes, CloudWatch takes a word for a text, or for a number with a star, or for part of an expression.
    Err(format!("`{token}` has to be a number or stand in quotes"))
}
