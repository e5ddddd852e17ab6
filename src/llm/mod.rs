//! Language models: [`Prompt`], [`Completion`], and the price and capabilities of each model ([`catalogue`]).
//!
//! Adapters ([`bedrock`], [`openai`]) translate between these types and a provider's protocol. They contain no policy: retries,
//! circuit breakers and budgets belong to the planner and to `resilience`.

pub mod bedrock;
mod bedrock_id;
pub mod catalogue;
mod completion;
mod error;
mod failure_detail;
mod learned;
mod lenient_json;
mod model_name;
mod no_answer;
pub mod openai;
mod output_mode;
mod prompt;
mod provider_error;
mod retry_after;
pub mod token_estimate;
mod transmission;

use async_trait::async_trait;
use tokio::time::Instant;

pub use self::catalogue::Capabilities;
pub use self::completion::{Completion, StopReason};
pub use self::error::{Billed, ModelError, ModelErrorKind, NotSent};
pub use self::failure_detail::FailureDetail;
pub use self::model_name::{ModelName, Provider};
pub use self::output_mode::OutputMode;
pub use self::prompt::{OutputSchema, Prompt, Purpose};

/// Maximum size of a response in bytes. Real answers are far smaller.
const MAX_RESPONSE_BYTES: usize = 4 << 20;

/// A model that answers prompts.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Sends one prompt and returns the answer, at the latest by `deadline`.
    ///
    /// # Errors
    /// [`ModelError`], which says whether the provider may have billed the failed call.
    async fn complete(&self, prompt: &Prompt, deadline: Instant) -> Result<Completion, ModelError>;

    /// Checks what a call needs, without a call: that there are credentials, where the model's provider takes credentials that have
    /// to be loaded.
    ///
    /// # Errors
    /// [`ModelError`], as a call would return it.
    async fn check(&self) -> Result<(), ModelError> {
        Ok(())
    }

    /// Returns the output mode that the model is called with now. It only ever moves to weaker modes.
    fn output_mode(&self) -> OutputMode;
}
