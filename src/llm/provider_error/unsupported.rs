//! Which part of a request a model does not support.
//!
//! A message counts only where it names the part and says in the same sentence that it is not supported: a message that quotes the
//! user's words may contain any word.

use super::{ProviderError, contains_any, token_limit};
use crate::llm::OutputMode;

/// A part of a request that the model does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::llm) enum Unsupported {
    /// The output mode; this one may be tried next.
    Mode(OutputMode),
    /// A temperature.
    Temperature,
    /// The name of the token limit: `max_tokens` or `max_completion_tokens`.
    LimitName,
    /// So many output tokens; this many are allowed.
    Limit(u32),
}

/// How providers say that something is not supported.
const NOT: [&str; 54] = [
    "not support",
    "n't support",
    "unsupported",
    "no support",
    "not a supported",
    "unknown",
    "unrecognized",
    "unrecognised",
    "unexpected",
    "not permitted",
    "not allowed",
    "not available",
    "unavailable",
    "not enabled",
    "not implemented",
    "not accept",
    "n't accept",
    "not recognized",
    "extra inputs",
    "extra fields",
    "extraneous",
    "invalid",
    "deprecated",
    "disallowed",
    "must be",
    "should be",
    "may not",
    "cannot",
    "can not",
    "can't",
    "not compatible",
    "incompatible",
    "requires",
    "disabled",
    "not valid",
    "removed",
    "may only",
    "only the default",
    "only 1 is",
    "n't available",
    "not allow",
    "not recognised",
    "not a valid",
    "not work",
    "not possible",
    "must not",
    "should not",
    "reject",
    "forbid",
    "no longer",
    "only support",
    "no endpoints found",
    "no provider",
    "please remove",
];

/// Stronger ones, for words that are common in other messages.
const PLAINLY_NOT: [&str; 18] = [
    "not support",
    "n't support",
    "unsupported",
    "no support",
    "unknown param",
    "unknown field",
    "unrecognized",
    "unexpected",
    "not permitted",
    "not allowed",
    "not available",
    "not enabled",
    "not implemented",
    "extra inputs",
    "extraneous",
    "deprecated",
    "requires --",
    "disabled",
];

const SCHEMA: [&str; 22] = [
    "response_format",
    "responseformat",
    "response format",
    "json_schema",
    "jsonschema",
    "json schema",
    "json mode",
    "json_mode",
    "json_object",
    "json output",
    "structured output",
    "structured_output",
    "structured generation",
    "output_config",
    "outputconfig",
    "output config",
    "textformat",
    "text_format",
    "output_format",
    "guided_json",
    "guided decoding",
    "grammar",
];
const SCHEMA_WORDS: [&str; 3] = ["schema", "`format`", "'format'"];

const CHOICE: [&str; 9] = [
    "tool_choice",
    "toolchoice",
    "tool choice",
    "forced tool",
    "forcing tool",
    "forces tool",
    "force tool",
    "forced function",
    "strict tool",
];
const CHOICE_WORDS: [&str; 1] = ["strict"];

const TOOLS: [&str; 12] = [
    "toolconfig",
    "tool_config",
    "tool config",
    "tool use",
    "tool_use",
    "tool-use",
    "toolspec",
    "tool call",
    "tool_call",
    "function call",
    "function_call",
    "`tools`",
];
const TOOLS_WORDS: [&str; 2] = ["tools", "functions"];

/// Messages and codes that say that something is not supported, and not what.
const SOMETHING: [&str; 8] = [
    "requested parameters",
    "unsupported parameter",
    "unsupported feature",
    "feature is not supported",
    "feature not supported",
    "parameters are not supported",
    "not_supported_error",
    "unsupported_feature",
];

/// Messages about the length of the prompt, quotas and keys, which name the parts of a request to say how long they are.
const OTHER_MATTERS: [&str; 9] = [
    "too long",
    "context length",
    "context window",
    "rate limit",
    "quota",
    "api key",
    "credit",
    "throughput",
    "too many requests",
];

const LIMIT_NAMES: [&str; 2] = ["max_tokens", "max_completion_tokens"];

impl ProviderError {
    /// Returns what is not supported of a request in this mode, with a temperature or without, with this name of the token limit (if the
    /// protocol has two) and this many output tokens.
    pub fn unsupported(
        &self,
        mode: OutputMode,
        temperature: bool,
        limit_name: Option<&str>,
        max_tokens: u32,
    ) -> Option<Unsupported> {
        if matches!(self.status, 401 | 402 | 429) || self.is_refusal() {
            return None;
        }
        if let Some(limit) = token_limit::allowed(&self.about_limit(), max_tokens) {
            return Some(Unsupported::Limit(limit));
        }
        if contains_any(&self.messages, &OTHER_MATTERS) || self.blames_another_part() {
            return None;
        }
        if limit_name.is_some_and(|name| self.refuses_name(name)) {
            return Some(Unsupported::LimitName);
        }
        if temperature && (self.is_param("temperature") || self.refuses(&["temperature"], &[])) {
            return Some(Unsupported::Temperature);
        }
        self.next_mode(mode).map(Unsupported::Mode)
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

    /// Returns the sentences of all messages, without what they quote of the prompt: quotations of more than one word.
    fn sentences(&self) -> impl Iterator<Item = &str> {
        let sentences = self.messages.iter().flat_map(|message| message.split(". "));
        sentences
            .flat_map(|sentence| sentence.split(['\n', ';']))
            .filter(|sentence| !quotes_words(sentence))
    }
}

/// Returns the words of a text, with their underscores.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_')
}

/// Returns whether a sentence quotes words rather than a name.
fn quotes_words(sentence: &str) -> bool {
    let quoted = sentence.split('"').skip(1).step_by(2);
    quoted
        .into_iter()
        .any(|quoted| quoted.split_whitespace().count() > 3)
}

#[cfg(test)]
mod tests;
