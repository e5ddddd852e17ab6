//! Reads the JSON body of a request field by field. Unknown, duplicate and wrongly typed fields are reported together. Messages repeat
//! what the client sent, shortened; they go to the client only, never to a log.

mod typed_fields;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest, web};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use self::typed_fields::{FIELD_NAMES, described, typed_fields};
use super::execute_plan::ParsedBody;
use super::problem::{Code, Problem};
use crate::planner::Fields;
use crate::request_context::RequestContext;
use planning::validation::{FieldErrors, quoted};

/// Maximum size of a body, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Maximum time for a body to arrive. A client that stalls must not hold its connection.
const TIMEOUT: Duration = Duration::from_secs(10);

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
/// Returns a problem if the body is not announced as plain JSON, is longer than [`MAX_BYTES`], or does not arrive completely and in
/// time.
pub async fn bytes(request: &HttpRequest, payload: web::Payload) -> Result<web::Bytes, Problem> {
    let too_large = || {
        Problem::new(
            Code::BodyTooLarge,
            format!("the body may have at most {MAX_BYTES} bytes"),
        )
    };
    check_media_type(request)?;
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
            Code::RequestTimeout,
            format!(
                "the body did not arrive within {} seconds",
                TIMEOUT.as_secs()
            ),
        ));
    };
    match received {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            if let Some(PayloadError::Incomplete(_)) = error.as_error() {
                request.extensions_mut().insert(IncompleteBody);
            }
            Err(Problem::new(
                Code::MalformedRequest,
                format!("the body did not arrive completely: {error}"),
            ))
        }
        Err(_limit) => Err(too_large()),
    }
}

/// Marks a request whose client left before all of the body had arrived. It gets no response.
pub(super) struct IncompleteBody;

/// Checks that the body is announced as JSON, once, and without a content coding.
fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported = |detail: String| Err(Problem::new(Code::UnsupportedMediaType, detail));
    let media_type = header(request, &CONTENT_TYPE);
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return unsupported(match essence {
            "" => "the content type must be application/json, but there is none".to_owned(),
            _ => format!(
                "the content type must be application/json, not {}",
                quoted(essence)
            ),
        });
    }
    let coding = header(request, &CONTENT_ENCODING);
    if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
        return unsupported(format!(
            "the body must not have a content encoding such as {}",
            quoted(&coding)
        ));
    }
    Ok(())
}

/// Returns all values of a header, separated by commas.
fn header(request: &HttpRequest, name: &HeaderName) -> String {
    let values = request.headers().get_all(name);
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(", ").trim().to_owned()
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
                    "must be a JSON object with the fields {}, not {}",
                    FIELD_NAMES.join(", "),
                    described(&value)
                ),
            );
            return Ok((Fields::default(), errors));
        }
        Err(error) => return Err(malformed(&error)),
    };
    json.end().map_err(|error| malformed(&error))?;
    Ok(typed_fields(members))
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
            r#"{"goal": 7, "gaol": "x", "context": ["a"], "language": "en", "language": "de", "language": "fr"}"#,
        );

        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0], "goal: must be a string, not a number (7)");
        assert_eq!(
            found[1],
            "context: must be a string, not an array ([\"a\"])"
        );
        assert_eq!(found[2], "language: is given more than once");
        assert!(
            found[3].starts_with("gaol: is not a field") && found[3].contains("mean \"goal\""),
            "{found:?}"
        );
    }

    #[test]
    fn every_json_type_has_its_name_and_a_short_value_is_repeated() {
        for (value, shown) in [
            ("\"5\"", "not a string (\"5\")"),
            ("true", "not a boolean (true)"),
            ("[5, {}]", "not an array ([5,{}])"),
            ("{\"a\": null}", "not an object ({\"a\":null})"),
        ] {
            let found = errors_of(&format!("{{\"hours_per_week\": {value}}}"));
            assert_eq!(
                found,
                [format!("hours_per_week: must be a number, {shown}")]
            );
        }
        assert_eq!(
            errors_of("{\"start_date\": 20261123}"),
            ["start_date: must be a string, not a number (20261123)"]
        );
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

    proptest::proptest! {
        #[test]
        fn any_bytes_give_fields_or_a_bounded_problem(bytes in hostile_body()) {
            match fields(&bytes) {
                Ok((fields, errors)) => {
                    let Err(invalid) = errors.into_result(Some(fields)) else { return Ok(()) };
                    proptest::prop_assert!(invalid.errors().len() <= 21);
                    proptest::prop_assert!(invalid.to_string().len() < 16 * 1024);
                }
                Err(problem) => {
                    proptest::prop_assert_eq!(problem.code, Code::MalformedRequest);
                    proptest::prop_assert!(problem.detail.len() < 1024);
                }
            }
        }
    }

    /// Returns bodies that are nothing, almost JSON, or JSON with names and values that nobody expects.
    fn hostile_body() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
        use proptest::prelude::*;
        let name = prop_oneof![
            proptest::sample::select(&FIELD_NAMES[..]).prop_map(str::to_owned),
            "\\PC{0,100}",
            any::<String>(),
        ];
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let value = scalar.prop_recursive(4, 32, 8, |inner| {
            proptest::collection::vec(inner, 0..8).prop_map(Value::from)
        });
        let object = proptest::collection::vec((name, value), 0..60).prop_map(|members| {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
                .collect();
            format!("{{{}}}", members.join(",")).into_bytes()
        });
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..2000),
            object.clone(),
            (object, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut body, at, byte)| {
                let at = at.index(body.len());
                body[at] = byte;
                body
            }),
            (1..5000_usize).prop_map(|depth| "{\"goal\":".repeat(depth).into_bytes()),
        ]
    }
}
