//! Maps requests without a response to [`ModelError`], including whether the call may have been billed.

use std::error::Error;

use crate::llm::{Billed, ModelError, ModelErrorKind, NotSent, transmission};

/// Maps a request that got no response; `sent` says whether it may have left.
pub(super) fn of_transport(error: &reqwest::Error, sent: bool) -> ModelError {
    if !sent && error.is_builder() {
        ModelError::not_sent(NotSent::Request, "the request could not be built")
    } else if !sent {
        transmission::no_connection(error as &(dyn Error + 'static))
    } else if error.is_timeout() {
        timed_out()
    } else {
        ModelError::new(
            ModelErrorKind::Connection,
            Billed::Unknown,
            "the connection broke after the request was sent",
        )
    }
}

/// Returns the failure of a call without an answer by the deadline; `sent` says whether the request may have left.
pub(super) const fn deadline(sent: bool) -> ModelError {
    if sent {
        timed_out()
    } else {
        ModelError::not_sent(NotSent::Connect, "no connection was made in time")
    }
}

const fn timed_out() -> ModelError {
    ModelError::new(
        ModelErrorKind::TimedOut,
        Billed::Unknown,
        "the model did not answer in time",
    )
}
