//! What is learned about a model from its refusals, and kept until the process ends: the output mode, whether it accepts a temperature,
//! the name of the token limit, and how high that may be.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::output_mode::OutputModeState;
use super::provider_error::{ProviderError, Unsupported};
use super::{Capabilities, OutputMode, Prompt};

/// Maximum number of requests for one call: enough to fall back through every output mode, and to learn the rest.
pub(super) const MAX_STEPS: u32 = 7;

/// What has been learned about a model. Shared by concurrent calls.
#[derive(Debug)]
pub(super) struct Learned {
    output_mode: OutputModeState,
    no_temperature: AtomicBool,
    use_max_tokens: AtomicBool,
    limit_name_refused: AtomicBool,
    max_tokens: AtomicU32,
    thinking_tokens: u32,
}

/// The form of a request: the parts in which models differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestForm {
    pub output_mode: OutputMode,
    pub temperature: bool,
    /// Whether the token limit is called `max_tokens`, and not `max_completion_tokens`.
    pub use_max_tokens: bool,
    /// The maximum number of output tokens, thinking included.
    pub max_tokens: u32,
}

impl Learned {
    /// Starts with what the catalogue says.
    pub fn new(capabilities: &Capabilities, use_max_tokens: bool) -> Self {
        Self {
            output_mode: OutputModeState::from(capabilities.output_mode),
            no_temperature: AtomicBool::new(!capabilities.temperature),
            use_max_tokens: AtomicBool::new(use_max_tokens),
            limit_name_refused: AtomicBool::new(false),
            max_tokens: AtomicU32::new(u32::MAX),
            thinking_tokens: capabilities.thinking_tokens,
        }
    }

    pub fn output_mode(&self) -> OutputMode {
        self.output_mode.current()
    }

    /// Returns the form of the next request for a prompt.
    pub fn form(&self, prompt: &Prompt) -> RequestForm {
        let max_tokens = prompt
            .max_output_tokens
            .saturating_add(self.thinking_tokens);
        RequestForm {
            output_mode: self.output_mode.current(),
            temperature: !self.no_temperature.load(Ordering::Relaxed),
            use_max_tokens: self.use_max_tokens.load(Ordering::Relaxed),
            max_tokens: max_tokens.min(self.max_tokens.load(Ordering::Relaxed)),
        }
    }

    /// Learns from the refusal of a request of this form; `has_limit_names` says whether the protocol has two names of the limit. Returns
    /// whether the next request will differ, so that it is worth sending.
    pub fn adapt(&self, error: &ProviderError, form: RequestForm, has_limit_names: bool) -> bool {
        let name = if form.use_max_tokens {
            "max_tokens"
        } else {
            "max_completion_tokens"
        };
        let name = has_limit_names.then_some(name);
        let unsupported =
            error.unsupported(form.output_mode, form.temperature, name, form.max_tokens);
        match unsupported {
            None => false,
            Some(Unsupported::Mode(next)) => {
                self.output_mode.step_down(form.output_mode, next);
                true
            }
            Some(Unsupported::Temperature) => {
                self.no_temperature.store(true, Ordering::Relaxed);
                true
            }
            // A server that refuses both names is not asked again and again.
            Some(Unsupported::LimitName) => {
                self.use_max_tokens
                    .store(!form.use_max_tokens, Ordering::Relaxed);
                !self.limit_name_refused.swap(true, Ordering::Relaxed)
            }
            Some(Unsupported::Limit(limit)) => {
                self.max_tokens.fetch_min(limit, Ordering::Relaxed);
                true
            }
        }
    }
}
