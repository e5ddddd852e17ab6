//! Validation errors of a request's fields. Errors are collected, each with the field's name, the problem and what is allowed; at
//! most [`MAX_LISTED`] are listed, so that a hostile body cannot cause a large response.

use std::fmt;

use serde::Serialize;

use crate::goal::is_unwanted;

/// Maximum number of errors that are listed. One more entry says how many there are beyond that.
pub const MAX_LISTED: usize = 20;

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name as the request spells it; empty for the body as a whole, and for the number of errors that are not listed.
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
pub struct FieldErrors {
    /// Errors of fields that exist. There are few fields, so there are few errors.
    fields: Vec<FieldError>,
    /// Names that are not fields, listed after the errors of fields.
    unknown: Vec<FieldError>,
    /// Number of unknown names that are not listed.
    unlisted: usize,
}

impl FieldErrors {
    /// Adds an error of a field that exists, or of the body as a whole.
    pub fn report(&mut self, field: &str, message: impl Into<String>) {
        self.fields.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Adds an error of a name that is not a field. A body has room for thousands of them: beyond [`MAX_LISTED`] they are only
    /// counted, and their messages are not made.
    pub fn report_unknown(&mut self, error: impl FnOnce() -> FieldError) {
        if self.unknown.len() < MAX_LISTED {
            self.unknown.push(error());
        } else {
            self.unlisted += 1;
        }
    }

    /// Returns whether there are no errors so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.unknown.is_empty()
    }

    /// Returns whether this field has an error.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        self.fields.iter().any(|error| error.field == field)
    }

    /// Returns the parsed value if there are no errors. `parsed` may be `None` only if an error was reported.
    ///
    /// # Errors
    /// [`InvalidFields`] with the errors of fields, then those of unknown names, then how many are not listed.
    pub fn into_result<T>(self, parsed: Option<T>) -> Result<T, InvalidFields> {
        match parsed {
            Some(parsed) if self.is_empty() => Ok(parsed),
            _ => Err(InvalidFields {
                errors: self.listed(),
            }),
        }
    }

    fn listed(self) -> Vec<FieldError> {
        let mut errors = self.fields;
        errors.extend(self.unknown);
        let unlisted = self.unlisted + errors.len().saturating_sub(MAX_LISTED);
        errors.truncate(MAX_LISTED);
        if unlisted > 0 {
            errors.push(FieldError {
                field: String::new(),
                message: if unlisted == 1 {
                    "1 more error is not listed".to_owned()
                } else {
                    format!("{unlisted} more errors are not listed")
                },
            });
        }
        errors
    }
}

/// Returns a text of the request in quotes, [shortened].
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

/// Returns a text of the request as a message may repeat it: at most 40 characters, on one line, and without characters that hide or
/// reorder text.
#[must_use]
pub fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let mut shown: String = text
        .chars()
        .filter(|char| !is_unwanted(*char))
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .take(MAX_CHARS + 1)
        .collect();
    if shown.chars().count() > MAX_CHARS {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_fields_are_listed_first_and_the_rest_is_counted() {
        let mut errors = FieldErrors::default();
        for index in 0..1000 {
            errors.report_unknown(|| FieldError {
                field: format!("x{index}"),
                message: "is not a field".to_owned(),
            });
        }
        errors.report("goal", "is required");

        let invalid = errors.into_result(None::<()>).unwrap_err();

        let listed = invalid.errors();
        assert_eq!(listed.len(), MAX_LISTED + 1);
        assert_eq!((&*listed[0].field, &*listed[1].field), ("goal", "x0"));
        assert_eq!(
            listed[MAX_LISTED],
            FieldError {
                field: String::new(),
                message: "981 more errors are not listed".to_owned()
            }
        );
    }

    #[test]
    fn a_repeated_text_is_short_and_hides_nothing() {
        assert_eq!(quoted("14\nMarch\u{202e}\u{0}"), "\"14 March\"");
        assert_eq!(
            quoted(&"é".repeat(1000)),
            format!("\"{}…\"", "é".repeat(40))
        );
    }
}
