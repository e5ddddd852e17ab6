//! The functions on text.

use std::net::IpAddr;

use regex::Regex;
use serde_json::Value;

use super::failure::Failure;
use super::value::{Outcome, as_list, as_text};

/// Calls a function on text.
pub fn call(name: &str, arguments: &[Value]) -> Outcome {
    match (name, arguments) {
        ("tostring", [of]) if of.is_null() => Ok(Value::Null),
        ("tostring", [of]) => as_text(of).map(Value::String),
        ("jsonencode", [of]) => Ok(Value::String(of.to_string())),
        ("jsondecode", [of]) => {
            serde_json::from_str(&as_text(of)?).map_err(|error| Failure::Invalid(error.to_string()))
        }
        ("format", [pattern, values @ ..]) => format(&as_text(pattern)?, values).map(Value::String),
        ("join", [separator, lists @ ..]) => {
            let mut texts = Vec::new();
            for list in lists {
                for item in as_list(list)? {
                    texts.push(as_text(item)?);
                }
            }
            Ok(Value::String(texts.join(&as_text(separator)?)))
        }
        ("split", [separator, of]) => {
            let (separator, of) = (as_text(separator)?, as_text(of)?);
            Ok(of.split(separator.as_str()).map(Value::from).collect())
        }
        // Only asked whether it can be computed.
        ("cidrhost", [range, _]) => {
            let range = as_text(range)?;
            let parts = range.split_once('/');
            let is_range = parts.is_some_and(|(address, bits)| {
                address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
            });
            if is_range {
                Ok(Value::String(range))
            } else {
                Err(Failure::Absent(format!("{range} is no range of addresses")))
            }
        }
        ("regex", [pattern, of]) => regex(&as_text(pattern)?, &as_text(of)?),
        _ => on_texts(name, arguments),
    }
}

/// Functions all of whose arguments are texts.
fn on_texts(name: &str, arguments: &[Value]) -> Outcome {
    let texts: Vec<String> = arguments.iter().map(as_text).collect::<Result<_, _>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Ok(match (name, texts.as_slice()) {
        ("lower", [of]) => Value::from(of.to_lowercase()),
        ("trimspace", [of]) => Value::from(of.trim()),
        ("trimprefix", [of, prefix]) => Value::from(of.strip_prefix(prefix).unwrap_or(of)),
        ("startswith", [of, prefix]) => Value::from(of.starts_with(prefix)),
        ("endswith", [of, suffix]) => Value::from(of.ends_with(suffix)),
        ("strcontains", [of, part]) => Value::from(of.contains(part)),
        _ => return Err(unknown(&format!("{name}() of {} arguments", texts.len()))),
    })
}

/// Returns the first match: the text, or the list of its groups if the pattern has some.
fn regex(pattern: &str, of: &str) -> Outcome {
    let compiled = Regex::new(pattern).map_err(|error| Failure::Invalid(error.to_string()))?;
    if compiled.capture_names().flatten().next().is_some() {
        return Err(unknown("regex() with named groups"));
    }
    let found = compiled
        .captures(of)
        .ok_or_else(|| Failure::Absent(format!("`{of}` does not match {pattern}")))?;
    let text = |group: Option<regex::Match<'_>>| group.map(|group| Value::from(group.as_str()));
    let mut groups = found.iter().map(text).map(Option::unwrap_or_default);
    let whole = groups.next().unwrap_or_default();
    Ok(if found.len() == 1 {
        whole
    } else {
        groups.collect()
    })
}

/// Fills in the verbs of `format`: `%s`, `%d`, `%v`, `%%`, and `%0Nd`.
fn format(pattern: &str, values: &[Value]) -> Result<String, Failure> {
    let mut values = values.iter();
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, verb)) = rest.split_once('%') {
        text.push_str(before);
        let end = verb.find(|sign: char| !sign.is_ascii_digit());
        let (width, verb) = verb.split_at(end.unwrap_or(verb.len()));
        let mut next = || {
            let value = values.next();
            value.ok_or_else(|| Failure::Invalid(format!("`{pattern}` needs more values")))
        };
        match verb.chars().next() {
            Some('%') => text.push('%'),
            Some('s' | 'v') if width.is_empty() => text.push_str(&as_text(next()?)?),
            Some('d') => {
                let number = as_text(next()?)?;
                let width: usize = width.parse().unwrap_or(0);
                text.push_str(&"0".repeat(width.saturating_sub(number.len())));
                text.push_str(&number);
            }
            _ => return Err(unknown(&format!("`%{width}{verb}`"))),
        }
        rest = verb.get(1..).unwrap_or_default();
    }
    if values.next().is_some() {
        return Err(Failure::Invalid(format!("`{pattern}` takes fewer values")));
    }
    Ok(text + rest)
}

fn unknown(what: &str) -> Failure {
    Failure::Invalid(format!("these tests do not know {what}"))
}
