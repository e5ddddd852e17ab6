//! Values: JSON, as which Terraform shows them too. A set is a sorted list, and a resource is a marker that [`super::resource`] reads.

use serde_json::{Map, Value};

use super::failure::Failure;

/// The only field of the value that stands for a resource in expressions. No name in a file can be the same.
pub const MARKER: &str = "\0resource";

/// What an evaluation gives.
pub type Outcome = Result<Value, Failure>;

/// Returns a number; whole ones without decimals, as Terraform writes them.
pub fn number(of: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and small enough to be exact"
    )]
    if of.fract() == 0.0 && of.abs() < 9.0e15 {
        Value::from(of as i64)
    } else {
        Value::from(of)
    }
}

/// Reads a number, also from text.
pub fn as_number(value: &Value) -> Result<f64, Failure> {
    let read = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| unexpected("a number", value))
}

/// Reads a position in a list or text.
pub fn as_index(value: &Value) -> Result<usize, Failure> {
    let read = value.as_u64().and_then(|index| usize::try_from(index).ok());
    read.ok_or_else(|| unexpected("a whole number from 0", value))
}

/// Returns the text of a value, as `tostring` and templates have it.
pub fn as_text(value: &Value) -> Result<String, Failure> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(unexpected("text", value)),
    }
}

pub fn as_bool(value: &Value) -> Result<bool, Failure> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(unexpected("true or false", value)),
    }
}

pub fn as_list(value: &Value) -> Result<&Vec<Value>, Failure> {
    value.as_array().ok_or_else(|| unexpected("a list", value))
}

pub fn as_map(value: &Value) -> Result<&Map<String, Value>, Failure> {
    value.as_object().ok_or_else(|| unexpected("a map", value))
}

/// Returns a set of these values: sorted, and without repetitions.
pub fn set(of: impl IntoIterator<Item = Value>) -> Value {
    let mut items: Vec<Value> = of.into_iter().collect();
    items.sort_by_cached_key(|item| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    });
    items.dedup();
    Value::Array(items)
}

/// Returns the pairs of key and value that `for` and `for_each` go over.
pub fn pairs(of: &Value) -> Result<Vec<(Value, Value)>, Failure> {
    match of {
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            Ok(numbered
                .map(|(index, item)| (Value::from(index), item.clone()))
                .collect())
        }
        Value::Object(fields) if !fields.contains_key(MARKER) => {
            let fields = fields.iter();
            Ok(fields
                .map(|(key, value)| (Value::from(key.clone()), value.clone()))
                .collect())
        }
        _ => Err(unexpected("a collection", of)),
    }
}

pub fn unexpected(wanted: &str, found: &Value) -> Failure {
    let why = format!("{wanted} is needed, not {found}");
    // An attribute of nothing is what `try` is for.
    if found.is_null() {
        Failure::Absent(why)
    } else {
        Failure::Invalid(why)
    }
}
