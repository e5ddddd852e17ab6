//! What a provider's error says, in whatever form it says it: one reading for all providers.
//!
//! [`ProviderError::read`] takes messages, codes and names of parameters out of a body of any shape. From these follow what the request
//! asked for and the model does not support ([`ProviderError::unsupported`]), whether a content filter refused the words
//! ([`ProviderError::is_refusal`]), and the kind of failure.

mod body;
mod kind;
mod quotations;
mod token_limit;
mod unsupported;
mod wording;

pub(super) use self::token_limit::Limit;
pub(super) use self::unsupported::Unsupported;
pub(super) use self::wording::LIMIT_NAMES;

/// What a provider's error says. All texts are in lower case. They may quote the prompt, so none may be logged.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ProviderError {
    /// The status of the response, or of the error in a response that calls itself a success.
    status: u16,
    /// Whether the status follows from words alone.
    is_status_guessed: bool,
    /// Codes and types.
    codes: Vec<String>,
    /// Names of the parameters at fault.
    params: Vec<String>,
    messages: Vec<String>,
}

impl ProviderError {
    /// Returns whether one of these stands in a code.
    fn has_code(&self, parts: &[&str]) -> bool {
        contains_any(&self.codes, parts)
    }

    /// Returns whether one of these stands in a message.
    fn says(&self, parts: &[&str]) -> bool {
        contains_any(&self.messages, parts)
    }
}

fn contains_any(texts: &[String], parts: &[&str]) -> bool {
    let mut texts = texts.iter();
    texts.any(|text| parts.iter().any(|part| text.contains(part)))
}
