//! What is learned about a model from its refusals, and kept until the process ends: the output mode, whether it accepts a temperature,
//! the name of the token limit, and how high that may be.
//!
//! A refusal changes the form of its own call first ([`CallForm`]). Only what has helped is remembered for other calls: an error may quote
//! somebody's words, and these must not change how everybody's requests look.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::output_mode::OutputModeState;
use super::provider_error::{LIMIT_NAMES, Limit, ProviderError, Unsupported};
use super::{Billed, Capabilities, OutputMode, Prompt};

/// Maximum number of requests for one call: enough to fall back through every output mode, and to learn the rest.
pub(super) const MAX_STEPS: u32 = 7;

/// What has been learned about a model. Shared by concurrent calls.
#[derive(Debug)]
pub(super) struct Learned {
    output_mode: OutputModeState,
    no_temperature: AtomicBool,
    use_max_tokens: AtomicBool,
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

impl RequestForm {
    /// Returns the name of the token limit in chat completions.
    pub const fn limit_name(self) -> &'static str {
        let [max_tokens, max_completion_tokens] = LIMIT_NAMES;
        if self.use_max_tokens {
            max_tokens
        } else {
            max_completion_tokens
        }
    }
}

/// The form of one call's next request, and what the call has learned so far.
#[derive(Debug)]
pub(super) struct CallForm {
    first: RequestForm,
    next: RequestForm,
    /// The limit of the model, if a refusal told it.
    model_limit: Option<u32>,
}

impl Learned {
    /// Starts with what the catalogue says.
    pub fn new(capabilities: &Capabilities, use_max_tokens: bool) -> Self {
        Self {
            output_mode: OutputModeState::from(capabilities.output_mode),
            no_temperature: AtomicBool::new(!capabilities.temperature),
            use_max_tokens: AtomicBool::new(use_max_tokens),
            max_tokens: AtomicU32::new(u32::MAX),
            thinking_tokens: capabilities.thinking_tokens,
        }
    }

    pub fn output_mode(&self) -> OutputMode {
        self.output_mode.current()
    }

    /// Returns the form of the first request for a prompt.
    pub fn form(&self, prompt: &Prompt) -> CallForm {
        let max_tokens = prompt
            .max_output_tokens
            .saturating_add(self.thinking_tokens);
        let first = RequestForm {
            output_mode: self.output_mode.current(),
            temperature: !self.no_temperature.load(Ordering::Relaxed),
            use_max_tokens: self.use_max_tokens.load(Ordering::Relaxed),
            max_tokens: max_tokens.min(self.max_tokens.load(Ordering::Relaxed)),
        };
        CallForm {
            first,
            next: first,
            model_limit: None,
        }
    }

    /// Remembers what a call changed until the model answered.
    pub fn remember(&self, call: &CallForm) {
        let (first, answered) = (call.first, call.next);
        if answered.output_mode != first.output_mode {
            self.output_mode
                .step_down(first.output_mode, answered.output_mode);
        }
        if answered.temperature != first.temperature {
            self.no_temperature.store(true, Ordering::Relaxed);
        }
        if answered.use_max_tokens != first.use_max_tokens {
            self.use_max_tokens
                .store(answered.use_max_tokens, Ordering::Relaxed);
        }
        if let Some(limit) = call.model_limit {
            self.max_tokens.fetch_min(limit, Ordering::Relaxed);
        }
    }
}

impl CallForm {
    /// Returns the form of the next request.
    pub const fn next(&self) -> RequestForm {
        self.next
    }

    /// Changes the next request after a refusal of the last, which may have been `billed`; `has_limit_names` says whether the protocol
    /// has two names of the limit. Returns whether the next request differs, so that it is worth sending.
    pub fn adapt(&mut self, error: &ProviderError, billed: Billed, has_limit_names: bool) -> bool {
        let next = &mut self.next;
        let unsupported = error.unsupported(
            billed,
            next.output_mode,
            next.temperature,
            has_limit_names.then(|| next.limit_name()),
            next.max_tokens,
        );
        match unsupported {
            None => return false,
            Some(Unsupported::Mode(mode)) => next.output_mode = mode,
            Some(Unsupported::Temperature) => next.temperature = false,
            // A server that refuses both names is not asked again and again.
            Some(Unsupported::LimitName) if next.use_max_tokens != self.first.use_max_tokens => {
                return false;
            }
            Some(Unsupported::LimitName) => next.use_max_tokens = !next.use_max_tokens,
            Some(Unsupported::Limit(Limit::OfPrompt(limit))) => next.max_tokens = limit,
            Some(Unsupported::Limit(Limit::OfModel(limit))) => {
                next.max_tokens = limit;
                self.model_limit = Some(limit);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::{OutputSchema, Purpose};

    fn learned() -> Learned {
        Learned {
            output_mode: OutputModeState::from(OutputMode::JsonSchema),
            no_temperature: AtomicBool::new(false),
            use_max_tokens: AtomicBool::new(true),
            max_tokens: AtomicU32::new(u32::MAX),
            thinking_tokens: 0,
        }
    }

    fn form(learned: &Learned) -> CallForm {
        learned.form(&Prompt {
            purpose: Purpose::Plan,
            request_id: String::new(),
            system: String::new(),
            user: String::new(),
            schema: OutputSchema {
                name: "plan",
                description: "",
                json: "{}",
            },
            max_output_tokens: 4000,
        })
    }

    fn adapt(form: &mut CallForm, message: &str) -> bool {
        let error = ProviderError::read(400, None, message.as_bytes());
        form.adapt(&error, Billed::No, true)
    }

    #[test]
    fn a_change_is_remembered_only_once_it_has_helped() {
        let learned = learned();
        let mut call = form(&learned);

        assert!(adapt(&mut call, "temperature is not supported"));
        assert!(adapt(&mut call, "response_format is not supported"));
        assert!(form(&learned).next().temperature);
        assert_eq!(learned.output_mode(), OutputMode::JsonSchema);

        learned.remember(&call);
        assert_eq!(form(&learned).next(), call.next());
        assert_eq!(learned.output_mode(), OutputMode::ForcedTool);
    }

    #[test]
    fn a_call_adapts_although_another_has_learned_the_same_change() {
        let learned = learned();
        let (mut one, mut other) = (form(&learned), form(&learned));

        let message = "Unsupported parameter: 'max_tokens'";
        assert!(adapt(&mut one, message));
        learned.remember(&one);
        assert!(adapt(&mut other, message));
        learned.remember(&other);

        assert_eq!(form(&learned).next().limit_name(), "max_completion_tokens");
        let refused_too = "Unsupported parameter: 'max_completion_tokens'";
        assert!(!adapt(&mut other, refused_too));
    }

    #[test]
    fn a_limit_of_the_model_is_remembered_and_one_of_the_prompt_is_not() {
        let learned = learned();
        for (message, limit, remembered) in [
            (
                "max_tokens is too large: the maximum context length is 4096 tokens and you sent 1096 input tokens",
                3000,
                4000,
            ),
            ("max_tokens must be at most 2048", 2048, 2048),
        ] {
            let mut call = form(&learned);
            assert!(adapt(&mut call, message));
            learned.remember(&call);
            assert_eq!(call.next().max_tokens, limit, "{message}");
            assert_eq!(form(&learned).next().max_tokens, remembered, "{message}");
        }
    }
}
