//! Whether there are credentials for Bedrock, without a call.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use tokio::time::Instant;

use crate::aws::CREDENTIALS_TIMEOUT;
use crate::llm::{ModelError, NotSent};

/// How long loaded credentials count as checked, unless a call finds none.
const CHECKED: Duration = Duration::from_mins(5);

/// The reason of a source that hangs.
pub(super) const TIMED_OUT: &str = "the source of AWS credentials did not answer in time";

/// Checks the credentials that calls are signed with.
#[derive(Debug)]
pub(super) struct CredentialsCheck {
    provider: Option<SharedCredentialsProvider>,
    checked_until: Mutex<Option<Instant>>,
}

impl CredentialsCheck {
    pub const fn new(provider: Option<SharedCredentialsProvider>) -> Self {
        Self {
            provider,
            checked_until: Mutex::new(None),
        }
    }

    /// Loads the credentials, unless that was done a short while ago.
    ///
    /// # Errors
    /// [`NotSent::NoCredentials`], with the reason.
    pub async fn check(&self) -> Result<(), ModelError> {
        let checked_until = *self.checked_until();
        if checked_until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        let Some(provider) = &self.provider else {
            return Err(no_credentials("no source of credentials is configured"));
        };
        tokio::time::timeout(CREDENTIALS_TIMEOUT, provider.provide_credentials())
            .await
            .map_err(|_elapsed| no_credentials(TIMED_OUT))?
            .map_err(|error| no_credentials(reason(&error)))?;
        *self.checked_until() = Some(Instant::now() + CHECKED);
        Ok(())
    }

    /// Forgets the last check, because a call found no credentials.
    pub fn invalidate(&self) {
        *self.checked_until() = None;
    }

    fn checked_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.checked_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the failure of a call that cannot be signed.
pub(super) const fn no_credentials(reason: &'static str) -> ModelError {
    ModelError::not_sent(NotSent::NoCredentials, reason)
}

/// Returns the reason for an error. The error itself may contain the address or the answer of a source of credentials.
pub(super) const fn reason(error: &CredentialsError) -> &'static str {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            "no source has AWS credentials: not the environment, a profile, the container or the instance"
        }
        CredentialsError::ProviderTimedOut(_) => TIMED_OUT,
        CredentialsError::InvalidConfiguration(_) => {
            "the source of AWS credentials is not configured correctly: an unknown profile or role, or an address that is not allowed"
        }
        CredentialsError::ProviderError(_) | CredentialsError::Unhandled(_) => {
            "the source of AWS credentials failed"
        }
        _ => "AWS credentials could not be loaded",
    }
}
