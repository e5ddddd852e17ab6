//! Answers of models, whatever their form: text or tool calls, JSON in strings in JSON, thinking before the answer, loose JSON.
//!
//! Start at [`Answer`]. A provider's adapter takes the parts out of a response; everything after that is the same for all providers.

mod loose_json;
mod objects;
mod thinking;
mod values;

use std::sync::OnceLock;

use serde_json::{Map, Value};

pub use self::loose_json::read_whole;
pub(crate) use self::objects::{field_of, same_name};
pub use self::values::values;

use self::thinking::Split;

/// One part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerPart {
    /// The input of a tool call: JSON, or a string that contains it.
    Call {
        /// Whether the tool is the one that the model was given.
        is_known: bool,
        /// The input.
        input: Value,
    },
    /// Text for the reader. All texts of an answer are one text.
    Text(String),
    /// What the model thought before it answered.
    Thinking(String),
}

/// What a model answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    parts: Vec<AnswerPart>,
    /// The values in it, once somebody has looked for them: several readers look for different things.
    groups: OnceLock<[Vec<Value>; 3]>,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl From<Vec<AnswerPart>> for Answer {
    fn from(parts: Vec<AnswerPart>) -> Self {
        Self {
            parts,
            groups: OnceLock::new(),
        }
    }
}

impl From<&str> for Answer {
    /// Creates an answer of text alone.
    fn from(text: &str) -> Self {
        vec![AnswerPart::Text(text.to_owned())].into()
    }
}

impl From<Value> for Answer {
    /// Creates an answer of one call of the tool that the model was given.
    fn from(input: Value) -> Self {
        vec![AnswerPart::Call {
            is_known: true,
            input,
        }]
        .into()
    }
}

impl Answer {
    /// Returns the values in which an answer is looked for, in groups. A later group counts only if there is nothing in those before
    /// it: calls of the tool that was given; text and other calls; and, if there is neither, a value with which the thinking ends.
    pub(crate) fn groups(&self) -> &[Vec<Value>; 3] {
        self.groups.get_or_init(|| {
            let text = self.text();
            if let Some(value) = plain_json(&text) {
                let other = self.calls(false).into_iter().chain([value]);
                return [self.calls(true), other.collect(), Vec::new()];
            }
            let split = Split::of(&text);
            let thinking = self.ending_of_thinking(&split);
            let (known, other) = (self.calls(true), self.calls(false));
            let text = other.into_iter().chain(values(&split.visible)).collect();
            [known, text, thinking.into_iter().collect()]
        })
    }

    /// Returns everything that `read` finds in objects of the answer, at any depth.
    pub fn find_in_objects<T>(&self, read: impl Fn(&Map<String, Value>) -> Option<T>) -> Vec<T> {
        let values = self.groups().iter().flatten();
        values
            .flat_map(|value| objects::find(value, &read))
            .collect()
    }

    /// Returns the text for the reader, without the thinking in it.
    #[must_use]
    pub fn visible_text(&self) -> String {
        Split::of(&self.text()).visible
    }

    fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            AnswerPart::Text(text) => Some(text.as_str()),
            AnswerPart::Call { .. } | AnswerPart::Thinking(_) => None,
        });
        texts.collect()
    }

    fn calls(&self, known: bool) -> Vec<Value> {
        let calls = self.parts.iter().filter_map(|part| match part {
            AnswerPart::Call { is_known, input } if *is_known == known => Some(input.clone()),
            _ => None,
        });
        calls.collect()
    }

    /// Returns the value with which the thinking ends. Some servers put the whole answer there; but a value that the model thought on
    /// after is a draft, and so is one beside an answer.
    fn ending_of_thinking(&self, split: &Split) -> Option<Value> {
        let has_call = self.parts.iter().any(|part| match part {
            AnswerPart::Call { input, .. } => !is_empty(input),
            AnswerPart::Text(_) | AnswerPart::Thinking(_) => false,
        });
        if has_call || !split.visible.trim().is_empty() {
            return None;
        }
        let parts = self.parts.iter().filter_map(|part| match part {
            AnswerPart::Thinking(text) => Some(text.as_str()),
            AnswerPart::Call { .. } | AnswerPart::Text(_) => None,
        });
        let thinking: String = parts.chain([split.thinking.as_str()]).collect();
        values::at_end(&thinking)
    }
}

/// Returns the value of a text that is nothing but JSON, as models write it under a schema. Read by the strict reader, which is quicker.
fn plain_json(text: &str) -> Option<Value> {
    let is_container = text.trim_start().starts_with(['{', '[']);
    is_container
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

fn is_empty(input: &Value) -> bool {
    match input {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
