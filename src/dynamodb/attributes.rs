//! Attribute values: strings, numbers and timestamps to DynamoDB's types and back.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, Utc};

/// An item, or its key.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Formats a timestamp, always in 27 characters, so that the strings sort in order of time.
pub(super) fn timestamp(timestamp: DateTime<Utc>) -> String {
    timestamp.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Returns a timestamp attribute, if it exists.
///
/// # Errors
/// Returns an error if it is not an RFC 3339 timestamp.
pub(super) fn timestamp_of(item: &Item, name: &str) -> Result<Option<DateTime<Utc>>, String> {
    string_of(item, name)
        .map(|text| {
            DateTime::parse_from_rfc3339(text)
                .map(|timestamp| timestamp.to_utc())
                .map_err(|error| format!("{name} is {text:?}, which is not a timestamp: {error}"))
        })
        .transpose()
}

/// Returns a string attribute.
pub(super) fn string(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// Returns the value of a string attribute; `None` if it does not exist or has another type.
pub(super) fn string_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// Returns a number attribute.
pub(super) fn number<T: ToString + Copy>(number: T) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Returns the value of a number attribute; the type's default, which is zero, if it does not exist.
///
/// # Errors
/// Returns an error if it is not a number of this type.
pub(super) fn number_of<T: FromStr + Default>(item: &Item, name: &str) -> Result<T, String> {
    match item.get(name).map(AttributeValue::as_n) {
        None => Ok(T::default()),
        Some(Ok(number)) => number
            .parse()
            .map_err(|_| format!("{name} is {number}, which is out of range")),
        Some(Err(_)) => Err(format!("{name} is not a number")),
    }
}
