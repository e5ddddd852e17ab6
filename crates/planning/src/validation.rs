//! What is wrong with a request's fields: all of it at once, each with the field's name, the problem and what is allowed.

use std::fmt;

use serde::Serialize;

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name as the request spells it; empty for the body as a whole.
    #[cfg_attr(feature = "openapi", schema(example = "hours_per_week"))]
    pub field: String,
    /// What is wrong with the value, and what is allowed.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "must be a number from 0.5 to 80, not 120")
    )]
    pub message: String,
}

/// The request's broken fields; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFields {
    errors: Vec<FieldError>,
}

impl InvalidFields {
    /// The broken fields, in the order in which they were found.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }
}

impl fmt::Display for InvalidFields {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(out, "{separator}{}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidFields {}

/// Collects field errors while a request is parsed.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes one problem.
    pub fn report(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Whether nothing was found wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a problem of this field was noted.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// Hands over what was parsed when nothing was wrong with it.
    ///
    /// # Errors
    /// Every problem noted. `parsed` is `None` only where a problem was noted.
    pub fn into_result<T>(self, parsed: Option<T>) -> Result<T, InvalidFields> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => Err(InvalidFields { errors: self.0 }),
        }
    }
}
