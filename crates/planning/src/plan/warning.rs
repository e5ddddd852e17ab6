//! Warnings: what a plan leaves out of the person's words, and what it asks of them. A warning never refuses a request.

use serde::Serialize;

/// Something that the person should know about their plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// What kind of warning it is.
    pub code: WarningCode,
    /// What was left out or is advised, in one sentence for people.
    #[cfg_attr(
        feature = "openapi",
        schema(
            example = "no Tuesday is left before the deadline 2026-11-27: the days were left out"
        )
    )]
    pub message: String,
    /// The field of the request that the warning is about, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "context"))]
    pub field: Option<String>,
}

/// The kind of a [`Warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// Words of the goal or the context could not be kept together with something that has precedence.
    IgnoredWords,
    /// A number in the words is outside of what a plan can have.
    OutOfRange,
    /// Words name a date that does not exist or has passed.
    ImpossibleDate,
    /// The time that is left is too little for the goal.
    TooLittleTime,
    /// A professional should be asked before the plan is followed.
    AskProfessional,
    /// The requested language is not offered, so the plan is in another one.
    LanguageNotOffered,
}

impl WarningCode {
    /// Returns the code as it is sent on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IgnoredWords => "ignored_words",
            Self::OutOfRange => "out_of_range",
            Self::ImpossibleDate => "impossible_date",
            Self::TooLittleTime => "too_little_time",
            Self::AskProfessional => "ask_professional",
            Self::LanguageNotOffered => "language_not_offered",
        }
    }
}

impl Warning {
    /// Creates a warning that is about no field in particular.
    #[must_use]
    pub fn new(code: WarningCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
        }
    }

    /// Names the field that the warning is about.
    #[must_use]
    pub fn about(self, field: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..self
        }
    }
}
