//! Validation errors of a request's fields. All errors are collected, each with the field's name, the problem and what is allowed.

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

/// The errors of a request's invalid fields; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFields {
    errors: Vec<FieldError>,
}

impl InvalidFields {
    /// Returns the errors, in the order in which they were found.
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
    /// Adds an error.
    pub fn report(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Returns whether there are no errors so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether this field has an error.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// Returns the parsed value if there are no errors. `parsed` may be `None` only if an error was reported.
    ///
    /// # Errors
    /// [`InvalidFields`] with all errors.
    pub fn into_result<T>(self, parsed: Option<T>) -> Result<T, InvalidFields> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => Err(InvalidFields { errors: self.0 }),
        }
    }
}
