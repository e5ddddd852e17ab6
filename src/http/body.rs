//! Reads the JSON body of a request field by field. All unknown, duplicate and wrongly typed fields are reported together.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{HttpMessage as _, HttpRequest, web};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::execute_plan::ParsedBody;
use super::problem::{Code, Problem};
use crate::planner::Fields;
use crate::request_context::RequestContext;
use planning::validation::FieldErrors;

/// Maximum size of a body, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Maximum time for a body to arrive. A client that stalls must not hold its connection.
const TIMEOUT: Duration = Duration::from_secs(10);

const FIELD_NAMES: &str = "goal, context, hours_per_week, duration_weeks, start_date, deadline, language, level, unavailable_days";

/// Reads and parses the body of a route that takes a goal.
///
/// # Errors
/// Returns a problem if the body cannot be read or is not JSON.
pub(super) async fn parse(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<ParsedBody, Problem> {
    let bytes = bytes(request, payload).await?;
    let (fields, errors) = fields(&bytes)?;
    let context = request.extensions().get::<Arc<RequestContext>>().cloned();
    let context =
        context.ok_or_else(|| Problem::new(Code::InternalError, "the request has no context"))?;
    Ok(ParsedBody {
        context,
        fields,
        errors,
    })
}

/// Reads the body's bytes.
///
/// # Errors
/// Returns a problem if the content type is not JSON, the body is longer than [`MAX_BYTES`], or it does not arrive completely
/// and in time.
pub async fn bytes(request: &HttpRequest, payload: web::Payload) -> Result<web::Bytes, Problem> {
    let too_large = || {
        Problem::new(
            Code::BodyTooLarge,
            format!("the body may have at most {MAX_BYTES} bytes"),
        )
    };
    let media_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            Code::MalformedRequest,
            format!("the content type must be application/json, not {essence:?}"),
        ));
    }
    let content_length = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if content_length.is_some_and(|length| length > MAX_BYTES as u64) {
        return Err(too_large());
    }
    let Ok(received) = tokio::time::timeout(TIMEOUT, payload.to_bytes_limited(MAX_BYTES)).await
    else {
        return Err(Problem::new(
            Code::MalformedRequest,
            format!(
                "the body did not arrive within {} seconds",
                TIMEOUT.as_secs()
            ),
        ));
    };
    match received {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Problem::new(
            Code::MalformedRequest,
            format!("the body did not arrive completely: {error}"),
        )),
        Err(_limit) => Err(too_large()),
    }
}

/// Parses the fields. Wrong names and types are returned as field errors, and so is JSON that is not an object.
///
/// # Errors
/// Returns a problem if the body is not JSON.
pub fn fields(bytes: &[u8]) -> Result<(Fields, FieldErrors), Problem> {
    let malformed = |error: &dyn fmt::Display| {
        Problem::new(
            Code::MalformedRequest,
            format!("the body is not JSON: {error}"),
        )
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let members = match json.deserialize_map(MemberVisitor) {
        Ok(members) => members,
        Err(error) if error.is_data() => {
            // Well-formed JSON of another type is an invalid value; anything else is not JSON.
            let value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
            let mut errors = FieldErrors::default();
            errors.report(
                "",
                format!(
                    "must be a JSON object with the fields {FIELD_NAMES}, not {}",
                    json_type(&value)
                ),
            );
            return Ok((Fields::default(), errors));
        }
        Err(error) => return Err(malformed(&error)),
    };
    json.end().map_err(|error| malformed(&error))?;
    Ok(typed_fields(members))
}

fn typed_fields(members: Vec<(String, Value)>) -> (Fields, FieldErrors) {
    let mut fields = Fields::default();
    let mut errors = FieldErrors::default();
    // A set: a body has room for thousands of names, and comparing each with all others would block the worker.
    let mut seen = HashSet::with_capacity(members.len());
    for (name, value) in members {
        if seen.contains(&name) {
            errors.report(&truncated(&name), "is given more than once");
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
            _ => errors.report(
                &truncated(&name),
                format!("is not a field of this request; the fields are {FIELD_NAMES}"),
            ),
        }
        seen.insert(name);
    }
    (fields, errors)
}

/// Returns a string; `null` counts as absent.
fn string(name: &str, value: Value, errors: &mut FieldErrors) -> Option<String> {
    match value {
        Value::String(string) => Some(string),
        Value::Null => None,
        other => {
            errors.report(name, format!("must be a string, not {}", json_type(&other)));
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
            let found = json_type(&other);
            errors.report(name, format!("must be an array of strings, not {found}"));
            return None;
        }
    };
    let strings = items.into_iter().map(|item| match item {
        Value::String(string) => Ok(string),
        other => Err(json_type(&other)),
    });
    strings
        .collect::<Result<_, _>>()
        .map_err(|found| {
            errors.report(name, format!("must be an array of strings, not of {found}"));
        })
        .ok()
}

/// Returns a number; `null` counts as absent.
fn number(name: &str, value: &Value, errors: &mut FieldErrors) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Null => None,
        other => {
            errors.report(name, format!("must be a number, not {}", json_type(other)));
            None
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

/// Returns a field name of the client, safe to echo: without control characters and cut to a maximum length.
fn truncated(name: &str) -> String {
    const MAX_CHARS: usize = 64;
    name.chars()
        .filter(|char| !char.is_control())
        .take(MAX_CHARS)
        .collect()
}

/// Reads an object's members in order, including duplicates: a map would drop them.
struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors_of(body: &str) -> Vec<String> {
        let (_, errors) = fields(body.as_bytes()).unwrap();
        errors
            .into_result(None::<()>)
            .unwrap_err()
            .errors()
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect()
    }

    #[test]
    fn unknown_duplicate_and_wrongly_typed_fields_are_all_reported_at_once() {
        let found = errors_of(
            r#"{"goal": 7, "goals": "x", "context": ["a"], "language": "en", "language": "de"}"#,
        );

        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found[0].starts_with("goal: must be a string, not a number")
                && found[1].starts_with("goals: is not a field")
        );
        assert!(found[3].starts_with("language: is given more than once"));
    }

    #[test]
    fn json_that_is_not_an_object_is_invalid_and_anything_else_is_malformed() {
        assert!(errors_of("[1]")[0].contains("not an array"));
        assert!(errors_of("\"goal\"")[0].contains("not a string"));
        for broken in [
            "",
            "{",
            "{\"goal\": \"a\u{1}b\"}",
            "{\"goal\": \"x\"} x",
            "{\"goal\": \"\\ud800\"}",
            &"[".repeat(2000),
        ] {
            assert_eq!(
                fields(broken.as_bytes()).unwrap_err().code,
                Code::MalformedRequest,
                "{broken:.30}"
            );
        }
        assert_eq!(
            fields(b"{\"goal\": \"\xff\"}").unwrap_err().code,
            Code::MalformedRequest
        );
    }
}
