//! The fields of a request from the members of its JSON object: unknown, repeated and wrongly typed ones are reported together.

use std::collections::HashMap;

use planning::goal::is_unwanted;
use planning::validation::{FieldError, FieldErrors, quoted, shortened};
use serde_json::Value;

use crate::nearest_name::nearest;
use crate::planner::Fields;

/// The fields that a request may have.
pub(super) const FIELD_NAMES: [&str; 9] = [
    "goal",
    "context",
    "hours_per_week",
    "duration_weeks",
    "start_date",
    "deadline",
    "language",
    "level",
    "unavailable_days",
];

/// Returns the fields, and the errors of those that cannot be read.
pub(super) fn typed_fields(members: Vec<(String, Value)>) -> (Fields, FieldErrors) {
    let mut fields = Fields::default();
    let mut errors = FieldErrors::default();
    // A map: a body has room for thousands of names, and comparing each with all others would block the worker.
    let mut seen: HashMap<String, Occurrences> = HashMap::with_capacity(members.len());
    for (name, value) in members {
        if let Some(occurrences) = seen.get_mut(&name) {
            if *occurrences == Occurrences::One {
                *occurrences = Occurrences::Many;
                report_repeated(&name, &mut errors);
            }
            continue;
        }
        match name.as_str() {
            "goal" => fields.goal = string(&name, value, &mut errors),
            "context" => fields.context = string(&name, value, &mut errors),
            "hours_per_week" => fields.hours_per_week = number(&name, &value, &mut errors),
            "duration_weeks" => fields.duration_weeks = number(&name, &value, &mut errors),
            "start_date" => fields.start_date = string(&name, value, &mut errors),
            "deadline" => fields.deadline = string(&name, value, &mut errors),
            "language" => fields.language = string(&name, value, &mut errors),
            "level" => fields.level = string(&name, value, &mut errors),
            "unavailable_days" => fields.unavailable_days = strings(&name, value, &mut errors),
            _ => errors.report_unknown(|| unknown(&name)),
        }
        seen.insert(name, Occurrences::One);
    }
    (fields, errors)
}

/// How often a name was found. A repetition is reported once, however often the name is repeated.
#[derive(PartialEq, Eq)]
enum Occurrences {
    One,
    Many,
}

fn report_repeated(name: &str, errors: &mut FieldErrors) {
    let message = "is given more than once";
    if FIELD_NAMES.contains(&name) {
        errors.report(name, message);
    } else {
        errors.report_unknown(|| FieldError {
            field: truncated(name),
            message: message.to_owned(),
        });
    }
}

fn unknown(name: &str) -> FieldError {
    let suggestion = nearest(name, FIELD_NAMES.into_iter())
        .map(|meant| format!("; did you mean \"{meant}\"?"))
        .unwrap_or_default();
    FieldError {
        field: truncated(name),
        message: format!(
            "is not a field of this request{suggestion} (the fields are {})",
            FIELD_NAMES.join(", ")
        ),
    }
}

/// Returns a string; `null` counts as absent.
fn string(name: &str, value: Value, errors: &mut FieldErrors) -> Option<String> {
    match value {
        Value::String(string) => Some(string),
        Value::Null => None,
        other => {
            errors.report(name, format!("must be a string, not {}", described(&other)));
            None
        }
    }
}

/// Returns an array of strings; `null` counts as absent.
fn strings(name: &str, value: Value, errors: &mut FieldErrors) -> Option<Vec<String>> {
    let items = match value {
        Value::Array(items) => items,
        Value::Null => return None,
        other => {
            let found = described(&other);
            errors.report(name, format!("must be an array of strings, not {found}"));
            return None;
        }
    };
    let strings = items.into_iter().map(|item| match item {
        Value::String(string) => Ok(string),
        other => Err(described(&other)),
    });
    strings
        .collect::<Result<_, _>>()
        .map_err(|found| {
            errors.report(
                name,
                format!("must be an array of strings, not with {found}"),
            );
        })
        .ok()
}

/// Returns a number; `null` counts as absent.
fn number(name: &str, value: &Value, errors: &mut FieldErrors) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Null => None,
        other => {
            errors.report(name, format!("must be a number, not {}", described(other)));
            None
        }
    }
}

/// Returns the type of a JSON value with the value itself, shortened.
pub(super) fn described(value: &Value) -> String {
    let kind = json_type(value);
    match value {
        Value::Null => kind.to_owned(),
        Value::String(string) => format!("{kind} ({})", quoted(string)),
        Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            format!("{kind} ({})", shortened(&value.to_string()))
        }
    }
}

const fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Returns a field name of the client, safe to echo: without characters that hide or reorder text, and cut to a maximum length.
fn truncated(name: &str) -> String {
    const MAX_CHARS: usize = 64;
    name.chars()
        .filter(|char| !is_unwanted(*char))
        .take(MAX_CHARS)
        .collect()
}
