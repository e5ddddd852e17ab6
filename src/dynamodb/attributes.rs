//! Attribute values: texts, numbers and moments to DynamoDB's types and back.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, Utc};

/// An item, or the key of one.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Always 27 characters, so that texts sort as the moments do.
pub(super) fn moment(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(super) fn moment_of(item: &Item, name: &str) -> Result<Option<DateTime<Utc>>, String> {
    text_of(item, name)
        .map(|text| {
            DateTime::parse_from_rfc3339(text)
                .map(|moment| moment.to_utc())
                .map_err(|error| format!("{name} is no moment: {error}"))
        })
        .transpose()
}

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn number<T: ToString + Copy>(number: T) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A number; the default where there is none.
pub(super) fn number_of<T: FromStr + Default>(item: &Item, name: &str) -> Result<T, String> {
    match item.get(name).map(AttributeValue::as_n) {
        None => Ok(T::default()),
        Some(Ok(number)) => number
            .parse()
            .map_err(|_| format!("{name} is {number}, which is out of range")),
        Some(Err(_)) => Err(format!("{name} is no number")),
    }
}
