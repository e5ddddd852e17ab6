//! A constraint's value together with where it comes from.

use serde::Serialize;

use super::extract::Extracted;

/// Where a constraint comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A field of the request.
    Field,
    /// The words of the goal.
    Goal,
    /// The words of the context.
    Context,
    /// The words of either, in which a model saw it.
    Model,
}

impl Origin {
    /// Returns the text that the constraint was extracted from.
    const fn of<T>(extracted: &Extracted<T>) -> Self {
        if extracted.in_context {
            Self::Context
        } else {
            Self::Goal
        }
    }

    /// Returns the request field that an error about the constraint names: `own_field` if the value came from that
    /// field, else the text it was extracted from.
    pub(super) const fn error_field(self, own_field: &'static str) -> &'static str {
        match self {
            Self::Field => own_field,
            Self::Goal | Self::Model => "goal",
            Self::Context => "context",
        }
    }
}

/// A value with its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value from a field of the request.
    pub(super) const fn from_field(value: T) -> Self {
        Self {
            value,
            origin: Origin::Field,
        }
    }

    /// `value`, with the origin of what it was extracted from.
    pub(super) const fn from_text<U>(value: T, extracted: &Extracted<U>) -> Self {
        Self {
            value,
            origin: Origin::of(extracted),
        }
    }
}
