//! The objects in a value, also in lists and in strings that contain JSON.

use serde_json::{Map, Value};

use super::values::values;

/// How deep is searched. A string counts as a level.
const DEPTH: u8 = 8;

/// Returns the first thing that `read` finds in an object: in the outer before the inner.
pub(super) fn find<T>(
    value: &Value,
    read: &impl Fn(&Map<String, Value>) -> Option<T>,
) -> Option<T> {
    find_within(value, read, DEPTH)
}

fn find_within<T>(
    value: &Value,
    read: &impl Fn(&Map<String, Value>) -> Option<T>,
    depth: u8,
) -> Option<T> {
    let depth = depth.checked_sub(1)?;
    let inner = |value: &Value| find_within(value, read, depth);
    match value {
        Value::Object(fields) => read(fields).or_else(|| fields.values().find_map(inner)),
        Value::Array(items) => items.iter().find_map(inner),
        Value::String(text) if text.contains(['{', '[']) => values(text).iter().find_map(inner),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
