//! Which part of a request a model does not support.
//!
//! A message counts only where it names the part and says in the same sentence that it is not supported: a message that quotes the
//! user's words may contain any word, so what is quoted is not read.

use super::token_limit::{self, Limit};
use super::wording::{
    CHOICE, CHOICE_WORDS, FEATURE_REFUSED, LIMIT_NAMES, NOT, OTHER_MATTERS, PLAINLY_NOT, SCHEMA,
    SCHEMA_WORDS, SOMETHING, TOOLS, TOOLS_WORDS,
};
use super::{ProviderError, contains_any, quotations};
use crate::llm::{Billed, OutputMode};

/// A part of a request that the model does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::llm) enum Unsupported {
    /// The output mode; this one may be tried next.
    Mode(OutputMode),
    /// A temperature.
    Temperature,
    /// The name of the token limit: `max_tokens` or `max_completion_tokens`.
    LimitName,
    /// So many output tokens.
    Limit(Limit),
}

impl ProviderError {
    /// Returns what is not supported of a request in this mode, with a temperature or without, with this name of the token limit (if the
    /// protocol has two) and this many output tokens.
    ///
    /// A call that may have been `billed` has run, so it was not refused, unless the error leaves no doubt.
    pub fn unsupported(
        &self,
        billed: Billed,
        mode: OutputMode,
        temperature: bool,
        limit_name: Option<&str>,
        max_tokens: u32,
    ) -> Option<Unsupported> {
        if matches!(self.status, 401 | 402 | 429 | 503 | 529) || self.is_refusal() {
            return None;
        }
        // What is quoted may be the prompt, which may say anything.
        let error = &Self {
            messages: self
                .messages
                .iter()
                .map(|text| quotations::removed(text))
                .collect(),
            codes: self.codes.clone(),
            params: self.params.clone(),
            ..*self
        };
        if billed == Billed::Unknown && !error.refuses_a_feature() {
            return None;
        }
        if let Some(limit) = token_limit::allowed(&error.about_limit(), max_tokens) {
            return Some(Unsupported::Limit(limit));
        }
        if contains_any(&error.messages, &OTHER_MATTERS) || error.blames_another_part() {
            return None;
        }
        if limit_name.is_some_and(|name| error.refuses_name(name)) {
            return Some(Unsupported::LimitName);
        }
        if temperature && (error.is_param("temperature") || error.refuses(&["temperature"], &[])) {
            return Some(Unsupported::Temperature);
        }
        error.next_mode(mode).map(Unsupported::Mode)
    }

    /// Returns whether a server that calls everything its own failure leaves no doubt that it refused a feature.
    fn refuses_a_feature(&self) -> bool {
        matches!(self.status, 424 | 500 | 501)
            && (self.says(&FEATURE_REFUSED) || self.has_code(&FEATURE_REFUSED))
    }

    /// Returns whether a part that has nothing to do with the form of the request is at fault.
    fn blames_another_part(&self) -> bool {
        let others = ["messages", "prompt", "input", "model", "user", "stop"];
        let is_other = |param: &String| {
            let first = param.split(['.', '[']).next().unwrap_or_default();
            others.contains(&first)
        };
        !self.params.is_empty() && self.params.iter().all(is_other)
    }

    fn is_param(&self, name: &str) -> bool {
        self.params.iter().any(|param| {
            let first = param.split(['.', '[']).next().unwrap_or_default();
            first == name
        })
    }

    fn refuses_name(&self, name: &str) -> bool {
        let mut sentences = self.sentences();
        let refused = sentences.any(|sentence| {
            // The first name is the one that is refused; another may be recommended.
            let first = words(sentence).find(|word| LIMIT_NAMES.contains(word));
            first == Some(name) && NOT.iter().any(|not| sentence.contains(not))
        });
        let is_valued = token_limit::is_about_a_value(&self.about_limit());
        (refused || self.is_param(name)) && !is_valued
    }

    /// Returns the messages, with the name of the token limit where that is the parameter at fault.
    fn about_limit(&self) -> Vec<String> {
        let name = LIMIT_NAMES.iter().find(|name| self.is_param(name));
        let messages = self.messages.iter();
        messages
            .map(|message| format!("{}: {message}", name.unwrap_or(&"")))
            .collect()
    }

    /// Returns the mode to try next, if this one is refused.
    fn next_mode(&self, mode: OutputMode) -> Option<OutputMode> {
        let schema = || {
            self.is_param("response_format")
                || self.is_param("output_config")
                || self.refuses(&SCHEMA, &SCHEMA_WORDS)
        };
        let choice = || {
            self.is_param("tool_choice")
                || self.params.iter().any(|param| param.ends_with("strict"))
                || self.refuses(&CHOICE, &CHOICE_WORDS)
        };
        let tools = || self.is_param("tools") || self.refuses(&TOOLS, &TOOLS_WORDS);
        let something = || self.says(&SOMETHING) || self.has_code(&SOMETHING);
        match mode {
            OutputMode::JsonSchema if schema() || something() => mode.fallback(),
            OutputMode::ForcedTool if choice() || (something() && !tools()) => mode.fallback(),
            OutputMode::ForcedTool | OutputMode::AutoTool if tools() || choice() || something() => {
                Some(OutputMode::Text)
            }
            OutputMode::JsonSchema
            | OutputMode::ForcedTool
            | OutputMode::AutoTool
            | OutputMode::Text => None,
        }
    }

    /// Returns whether a sentence refuses one of these names, or plainly refuses one of these words.
    fn refuses(&self, names: &[&str], plain_words: &[&str]) -> bool {
        let has = |sentence: &str, parts: &[&str]| parts.iter().any(|part| sentence.contains(part));
        let mut sentences = self.sentences();
        sentences.any(|sentence| {
            (has(sentence, names) && has(sentence, &NOT))
                || (has(sentence, plain_words) && has(sentence, &PLAINLY_NOT))
        })
    }

    /// Returns the sentences of all messages.
    fn sentences(&self) -> impl Iterator<Item = &str> {
        let sentences = self.messages.iter().flat_map(|message| message.split(". "));
        sentences.flat_map(|sentence| sentence.split(['\n', ';']))
    }
}

/// Returns the words of a text, with their underscores.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_')
}

#[cfg(test)]
mod tests;
