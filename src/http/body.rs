//! The JSON body of a request, field by field: unknown, doubled and wrongly typed fields are all noted before anything
//! else happens.

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

/// Most bytes of a body.
pub const MAX_BYTES: usize = 64 * 1024;

/// How long a body may take to arrive: a client that stalls must not hold its connection.
const TIMEOUT: Duration = Duration::from_secs(10);

const NAMES: &str = "goal, context, hours_per_week, duration_weeks, start_date, deadline, language";

/// What a body says, of any route that takes a goal.
///
/// # Errors
/// The problem when it cannot be read, or is not JSON.
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
/// A problem when its type is not JSON, or it is longer than [`MAX_BYTES`], or it does not arrive whole.
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
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BYTES as u64) {
        return Err(too_large());
    }
    let Ok(arrived) = tokio::time::timeout(TIMEOUT, payload.to_bytes_limited(MAX_BYTES)).await
    else {
        return Err(Problem::new(
            Code::MalformedRequest,
            format!(
                "the body did not arrive within {} seconds",
                TIMEOUT.as_secs()
            ),
        ));
    };
    match arrived {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Problem::new(
            Code::MalformedRequest,
            format!("the body did not arrive whole: {error}"),
        )),
        Err(_limit) => Err(too_large()),
    }
}

/// Reads the fields; what is wrong with their names and types is in the complaints.
///
/// # Errors
/// A problem when the body is not a JSON object at all.
pub fn fields(bytes: &[u8]) -> Result<(Fields, FieldErrors), Problem> {
    let malformed = |error: &dyn fmt::Display| {
        Problem::new(
            Code::MalformedRequest,
            format!("the body is not JSON: {error}"),
        )
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let members = match json.deserialize_map(Members) {
        Ok(members) => members,
        Err(error) if error.is_data() => {
            // Well-formed JSON of another type is a value that is not allowed; anything else is not JSON.
            let value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
            let mut complaints = FieldErrors::default();
            complaints.report(
                "",
                format!(
                    "must be a JSON object with the fields {NAMES}, not {}",
                    kind(&value)
                ),
            );
            return Ok((Fields::default(), complaints));
        }
        Err(error) => return Err(malformed(&error)),
    };
    json.end().map_err(|error| malformed(&error))?;
    Ok(typed(members))
}

fn typed(members: Vec<(String, Value)>) -> (Fields, FieldErrors) {
    let mut fields = Fields::default();
    let mut complaints = FieldErrors::default();
    let mut seen: Vec<String> = Vec::with_capacity(members.len());
    for (name, value) in members {
        if seen.contains(&name) {
            complaints.report(&bounded(&name), "is given twice");
            continue;
        }
        match name.as_str() {
            "goal" => fields.goal = text(&name, value, &mut complaints),
            "context" => fields.context = text(&name, value, &mut complaints),
            "hours_per_week" => fields.hours_per_week = number(&name, &value, &mut complaints),
            "duration_weeks" => fields.duration_weeks = number(&name, &value, &mut complaints),
            "start_date" => fields.start_date = text(&name, value, &mut complaints),
            "deadline" => fields.deadline = text(&name, value, &mut complaints),
            "language" => fields.language = text(&name, value, &mut complaints),
            _ => complaints.report(
                &bounded(&name),
                format!("is not a field of this request; there are {NAMES}"),
            ),
        }
        seen.push(name);
    }
    (fields, complaints)
}

/// A text; `null` counts as absent.
fn text(name: &str, value: Value, complaints: &mut FieldErrors) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => {
            complaints.report(name, format!("must be a text, not {}", kind(&other)));
            None
        }
    }
}

/// A number; `null` counts as absent.
fn number(name: &str, value: &Value, complaints: &mut FieldErrors) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Null => None,
        other => {
            complaints.report(name, format!("must be a number, not {}", kind(other)));
            None
        }
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A field's name from outside, as far as it is worth repeating.
fn bounded(name: &str) -> String {
    const NAME_CHARS: usize = 64;
    name.chars()
        .filter(|char| !char.is_control())
        .take(NAME_CHARS)
        .collect()
}

/// Reads an object's members in order, doubled ones included.
struct Members;

impl<'de> Visitor<'de> for Members {
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

    fn complaints(body: &str) -> Vec<String> {
        let (_, complaints) = fields(body.as_bytes()).unwrap();
        complaints
            .into_result(None::<()>)
            .unwrap_err()
            .errors()
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect()
    }

    #[test]
    fn unknown_doubled_and_wrongly_typed_fields_are_all_named_at_once() {
        let found = complaints(
            r#"{"goal": 7, "goals": "x", "context": ["a"], "language": "en", "language": "de"}"#,
        );

        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found[0].starts_with("goal: must be a text, not a number")
                && found[1].starts_with("goals: is not a field")
        );
        assert!(found[3].starts_with("language: is given twice"));
    }

    #[test]
    fn json_that_is_no_object_is_a_value_and_what_is_no_json_is_malformed() {
        assert!(complaints("[1]")[0].contains("not a list"));
        assert!(complaints("\"goal\"")[0].contains("not a text"));
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
