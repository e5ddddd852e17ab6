//! Errors of model calls, and whether the provider may have billed the call.

use std::fmt;

/// A failed model call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct ModelError {
    /// The kind of failure.
    pub kind: ModelErrorKind,
    /// Whether the provider may have billed the call.
    pub billed: Billed,
    /// The provider's message, for operators and never for clients. Providers do not repeat the prompt in it.
    pub message: String,
}

impl ModelError {
    /// Returns whether the call is worth retrying. `may_bill_again` says whether the hold covers one more call; it matters for
    /// failures that may have been billed.
    #[must_use]
    pub const fn is_retryable(&self, may_bill_again: bool) -> bool {
        match (self.kind, self.billed) {
            // There is no time left, or a retry would fail in the same way.
            (
                ModelErrorKind::TimedOut
                | ModelErrorKind::Denied
                | ModelErrorKind::Rejected
                | ModelErrorKind::CircuitOpen,
                _,
            ) => false,
            (_, Billed::No) => true,
            (_, Billed::Unknown) => may_bill_again,
        }
    }

    /// Returns whether the failure counts against the model's health. A request that the provider rejects as invalid does not.
    #[must_use]
    pub const fn counts_against_model(&self) -> bool {
        match self.kind {
            ModelErrorKind::Throttled
            | ModelErrorKind::Unavailable
            | ModelErrorKind::TimedOut
            | ModelErrorKind::Connection
            | ModelErrorKind::Denied
            | ModelErrorKind::Protocol => true,
            ModelErrorKind::Rejected | ModelErrorKind::CircuitOpen => false,
        }
    }
}

/// Whether a failed call may be on the provider's invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// No: it was refused before any token was generated.
    No,
    /// The call may have run.
    Unknown,
}

/// The kind of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelErrorKind {
    /// The calls or tokens exceed the quota.
    Throttled,
    /// The provider is temporarily unable to serve.
    Unavailable,
    /// There was no answer in time.
    TimedOut,
    /// The connection failed or broke.
    Connection,
    /// Missing credentials, access or quota; an operator has to act.
    Denied,
    /// The provider rejects the request as invalid.
    Rejected,
    /// The answer does not follow the protocol.
    Protocol,
    /// The circuit breaker is open after recent failures, and the model was not called.
    CircuitOpen,
}

impl ModelErrorKind {
    /// Returns the label for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Connection => "connection",
            Self::Denied => "denied",
            Self::Rejected => "rejected",
            Self::Protocol => "protocol",
            Self::CircuitOpen => "circuit_open",
        }
    }
}

impl fmt::Display for ModelErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_worth_retrying_are_retryable() {
        for (kind, billed, may_bill_again, retryable) in [
            (ModelErrorKind::Throttled, Billed::No, false, true),
            (ModelErrorKind::Unavailable, Billed::No, false, true),
            (ModelErrorKind::Connection, Billed::No, false, true),
            (ModelErrorKind::Unavailable, Billed::Unknown, false, false),
            (ModelErrorKind::Unavailable, Billed::Unknown, true, true),
            (ModelErrorKind::Connection, Billed::Unknown, false, false),
            (ModelErrorKind::TimedOut, Billed::Unknown, true, false),
            (ModelErrorKind::Denied, Billed::No, true, false),
            (ModelErrorKind::Rejected, Billed::No, true, false),
        ] {
            let error = ModelError {
                kind,
                billed,
                message: String::new(),
            };
            assert_eq!(
                error.is_retryable(may_bill_again),
                retryable,
                "{kind} {billed:?} {may_bill_again}"
            );
        }
    }
}
