//! Errors of model calls, and whether the provider may have billed the call.

use std::fmt;
use std::time::Duration;

use super::FailureDetail;

/// A failed model call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct ModelError {
    /// The kind of failure.
    pub kind: ModelErrorKind,
    /// Whether the provider may have billed the call.
    pub billed: Billed,
    /// What is known about it, for operators. It never contains words of the provider, which may quote the prompt.
    pub detail: FailureDetail,
    /// How long the provider asks to wait before the next call, if it says.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// Returns a failure without an answer of the provider.
    #[must_use]
    pub const fn new(kind: ModelErrorKind, billed: Billed, reason: &'static str) -> Self {
        Self {
            kind,
            billed,
            detail: FailureDetail::of(reason),
            retry_after: None,
        }
    }

    /// Returns the failure of a call that never left this process, which costs nothing.
    #[must_use]
    pub const fn not_sent(why: NotSent, reason: &'static str) -> Self {
        Self::new(ModelErrorKind::NotSent(why), Billed::No, reason)
    }

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
                | ModelErrorKind::Refused
                | ModelErrorKind::CircuitOpen
                | ModelErrorKind::NotSent(
                    NotSent::NoCredentials | NotSent::Tls | NotSent::Request | NotSent::NoTime,
                ),
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
            | ModelErrorKind::Protocol
            | ModelErrorKind::NotSent(NotSent::NoCredentials | NotSent::Connect | NotSent::Tls) => {
                true
            }
            ModelErrorKind::Rejected
            | ModelErrorKind::Refused
            | ModelErrorKind::CircuitOpen
            | ModelErrorKind::NotSent(NotSent::Request | NotSent::NoTime) => false,
        }
    }
}

/// Whether a failed call may be on the provider's invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// No: it never left, or it was refused before any token was generated.
    No,
    /// The call may have run.
    Unknown,
}

/// The kind of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelErrorKind {
    /// The request never left this process.
    NotSent(NotSent),
    /// The calls or tokens exceed the quota.
    Throttled,
    /// The provider is temporarily unable to serve.
    Unavailable,
    /// There was no answer in time.
    TimedOut,
    /// The connection broke after the request was sent.
    Connection,
    /// Missing access or quota, or refused credentials; an operator has to act.
    Denied,
    /// The provider rejects the request as invalid.
    Rejected,
    /// A content filter of the provider refuses the words.
    Refused,
    /// The answer does not follow the protocol.
    Protocol,
    /// The circuit breaker is open after recent failures, and the model was not called.
    CircuitOpen,
}

/// Why a request never left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotSent {
    /// There are no credentials to sign it with.
    NoCredentials,
    /// No connection was made: the name was not resolved, or the connection was refused or not made in time.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The request could not be built or signed.
    Request,
    /// The deadline left no time for a call.
    NoTime,
}

impl NotSent {
    /// Returns the name in logs and responses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredentials => "no_credentials",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Request => "request",
            Self::NoTime => "no_time",
        }
    }
}

impl ModelErrorKind {
    /// Returns the label for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent(NotSent::NoCredentials) => "not_sent_no_credentials",
            Self::NotSent(NotSent::Connect) => "not_sent_connect",
            Self::NotSent(NotSent::Tls) => "not_sent_tls",
            Self::NotSent(NotSent::Request) => "not_sent_request",
            Self::NotSent(NotSent::NoTime) => "not_sent_no_time",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Connection => "connection",
            Self::Denied => "denied",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
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
            (
                ModelErrorKind::NotSent(NotSent::Connect),
                Billed::No,
                false,
                true,
            ),
            (
                ModelErrorKind::NotSent(NotSent::NoCredentials),
                Billed::No,
                true,
                false,
            ),
            (
                ModelErrorKind::NotSent(NotSent::Tls),
                Billed::No,
                true,
                false,
            ),
            (ModelErrorKind::Unavailable, Billed::Unknown, false, false),
            (ModelErrorKind::Unavailable, Billed::Unknown, true, true),
            (ModelErrorKind::Connection, Billed::Unknown, false, false),
            (ModelErrorKind::TimedOut, Billed::Unknown, true, false),
            (ModelErrorKind::Denied, Billed::No, true, false),
            (ModelErrorKind::Rejected, Billed::No, true, false),
            (ModelErrorKind::Refused, Billed::No, true, false),
        ] {
            let error = ModelError::new(kind, billed, "a test");
            assert_eq!(
                error.is_retryable(may_bill_again),
                retryable,
                "{kind} {billed:?} {may_bill_again}"
            );
        }
    }
}
