//! The objects in a value, also in lists and in strings that contain JSON.

use serde_json::{Map, Value};

use super::values::values;

/// How deep is searched. A string counts as a level.
const DEPTH: u8 = 8;

/// Returns everything that `read` finds in objects: in the outer before the inner.
pub(super) fn find<T>(value: &Value, read: &impl Fn(&Map<String, Value>) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    find_within(value, read, DEPTH, &mut found);
    found
}

fn find_within<T>(
    value: &Value,
    read: &impl Fn(&Map<String, Value>) -> Option<T>,
    depth: u8,
    found: &mut Vec<T>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let mut inner = |value: &Value| find_within(value, read, depth, found);
    match value {
        Value::Object(fields) => {
            if let Some(thing) = read(fields) {
                found.push(thing);
            }
            for value in fields.values() {
                find_within(value, read, depth, found);
            }
        }
        Value::Array(items) => items.iter().for_each(&mut inner),
        Value::String(text) if text.contains(['{', '[']) => values(text).iter().for_each(inner),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the field that has one of these names, however its words are joined: `focus_area`, `focusArea`, `Focus Area`.
pub(crate) fn field_of<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| {
        fields.get(*name).or_else(|| {
            let mut others = fields.iter();
            others
                .find(|(other, _)| same_name(other, name))
                .map(|(_, value)| value)
        })
    })
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    let bytes = name.bytes().filter(u8::is_ascii_alphanumeric);
    bytes.map(|byte| byte.to_ascii_lowercase())
}

/// Whether two names have the same letters and digits.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}
