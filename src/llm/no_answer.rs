//! Why a response has no answer.

use std::time::Duration;

use super::provider_error::ProviderError;
use super::{Completion, ModelError};
use crate::money::ReportedUsage;

/// Why a response has no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// It is an error, which some servers send as a success.
    Error(ProviderError),
    /// It is nothing that the protocol knows.
    Unreadable(ModelError),
}

impl NoAnswer {
    /// Returns an error that was sent as a success; if the provider counted tokens beside it, an answer without content instead, because
    /// these tokens are billed.
    pub fn unless_counted(error: ProviderError, usage: ReportedUsage) -> Result<Completion, Self> {
        let counts = [
            usage.input.unwrap_or_default(),
            usage.output.unwrap_or_default(),
            usage.cache_read,
            usage.cache_write,
        ];
        if counts.iter().any(|count| *count > 0) {
            Ok(Completion::malformed(usage))
        } else {
            Err(Self::Error(error))
        }
    }

    /// Returns the failure, with the wait that the response asks for, and what its error says.
    pub fn into_failure(
        self,
        retry_after: Option<Duration>,
    ) -> (ModelError, Option<ProviderError>) {
        match self {
            Self::Error(error) => {
                let failure = ModelError {
                    retry_after,
                    ..error.failure()
                };
                (failure, Some(error))
            }
            Self::Unreadable(error) => (error, None),
        }
    }
}
