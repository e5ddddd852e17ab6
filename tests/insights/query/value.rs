//! The values of fields and columns.

use std::cmp::Ordering;

/// A value. A field that a line does not have is absent.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Absent,
    Number(f64),
    Text(String),
    /// Nothing says what true and false of JSON are equal to in a query, so none may compare them.
    Boolean,
}

impl Value {
    /// Returns the value of a field in JSON.
    pub fn of(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Absent,
            serde_json::Value::Bool(_) => Self::Boolean,
            serde_json::Value::Number(number) => number.as_f64().map_or(Self::Absent, Self::Number),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            nested => Self::Text(nested.to_string()),
        }
    }

    pub fn is_present(&self) -> bool {
        *self != Self::Absent
    }

    /// Returns the order of two values of the same kind, and `None` if one is absent.
    ///
    /// # Errors
    /// Returns values that cannot be compared: a query that does that does not mean it.
    pub fn compare(&self, other: &Self) -> Result<Option<Ordering>, String> {
        match (self, other) {
            (Self::Absent, Self::Absent | Self::Number(_) | Self::Text(_))
            | (Self::Number(_) | Self::Text(_), Self::Absent) => Ok(None),
            (Self::Number(one), Self::Number(two)) => Ok(Some(one.total_cmp(two))),
            (Self::Text(one), Self::Text(two)) => Ok(Some(one.cmp(two))),
            _ => Err(format!("{self:?} cannot be compared with {other:?}")),
        }
    }
}
