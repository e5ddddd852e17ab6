//! Why a call failed, and whether the provider may have billed it.

use std::fmt;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct ModelError {
    /// The kind of failure.
    pub kind: ModelErrorKind,
    /// Whether the provider may have billed the call.
    pub billed: Billed,
    /// What the provider said; for operators, never for clients. Providers do not repeat the prompt in it.
    pub message: String,
}

impl ModelError {
    /// Whether another try of the same call makes sense. `may_bill_again` says whether the hold covers one more call, for
    /// failures that may have been billed.
    #[must_use]
    pub const fn is_retryable(&self, may_bill_again: bool) -> bool {
        match (self.kind, self.billed) {
            // Too late for another, or of no use.
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

    /// Whether the failure says that the model is unwell. A request that is refused for what it is says nothing of that.
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
    /// It was refused before any token was made.
    No,
    /// It may have run.
    Unknown,
}

/// The kinds of failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelErrorKind {
    /// Too many calls or tokens for the quota.
    Throttled,
    /// The provider is not able to serve now.
    Unavailable,
    /// No answer in time.
    TimedOut,
    /// The connection failed or broke.
    Connection,
    /// Credentials, access or quota: an operator has to act.
    Denied,
    /// The provider refuses the request as it is.
    Rejected,
    /// The answer was no answer of the protocol.
    Protocol,
    /// The model failed too often lately and was not asked.
    CircuitOpen,
}

impl ModelErrorKind {
    /// The label of metrics and logs.
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
            Self::CircuitOpen => "resting",
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
    fn each_failure_is_tried_again_as_the_table_says() {
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
