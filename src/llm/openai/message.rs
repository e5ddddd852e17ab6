//! Takes the parts out of a message: text, calls and thinking, wherever servers put them.

use planning::answer::AnswerPart;
use serde_json::Value;

/// The fields in which servers put thinking beside the content.
const THINKING: [&str; 4] = [
    "reasoning_content",
    "reasoning",
    "thinking",
    "reasoning_details",
];

/// Returns the parts of a choice's message; `tool` is the name of the tool that the model was given.
pub(super) fn parts(choice: &Value, tool: &str) -> Vec<AnswerPart> {
    let message = &choice["message"];
    let mut parts = calls(message, tool);
    add_content(&message["content"], tool, &mut parts);
    // Of the older completions, and what SDKs add to a message.
    add_content(&choice["text"], tool, &mut parts);
    add_content(&message["parsed"], tool, &mut parts);
    for name in THINKING {
        let text = text_of(&message[name]);
        if !text.is_empty() {
            parts.push(AnswerPart::Thinking(text));
            break;
        }
    }
    parts
}

/// Returns whether a message says that the model refuses. An empty refusal is none.
pub(super) fn is_refused(message: &Value) -> bool {
    let is_text = |refusal: &Value| refusal.as_str().is_some_and(|text| !text.trim().is_empty());
    let parts = message["content"].as_array();
    let mut parts = parts.into_iter().flatten();
    is_text(&message["refusal"]) || parts.any(|part| is_text(&part["refusal"]))
}

fn calls(message: &Value, tool: &str) -> Vec<AnswerPart> {
    let calls = match &message["tool_calls"] {
        Value::Array(calls) => calls.iter().collect(),
        Value::Null => Vec::new(),
        call => vec![call],
    };
    let functions = calls.into_iter().map(|call| match &call["function"] {
        Value::Null => call,
        function => function,
    });
    let functions = functions.chain([&message["function_call"]]);
    functions
        .filter_map(|function| call(function, tool))
        .collect()
}

fn call(function: &Value, tool: &str) -> Option<AnswerPart> {
    let names = ["arguments", "parameters", "input"];
    let input = names
        .iter()
        .map(|name| &function[*name])
        .find(|input| !input.is_null())?;
    Some(AnswerPart::Call {
        is_known: function["name"] == tool,
        input: input.clone(),
    })
}

/// Adds a content: text, a list of parts, or the JSON itself.
fn add_content(content: &Value, tool: &str, parts: &mut Vec<AnswerPart>) {
    match content {
        Value::String(text) => parts.push(AnswerPart::Text(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| add_part(item, tool, parts)),
        Value::Object(_) => parts.push(AnswerPart::Call {
            is_known: false,
            input: content.clone(),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn add_part(part: &Value, tool: &str, parts: &mut Vec<AnswerPart>) {
    let kind = part["type"].as_str().unwrap_or_default();
    if kind.contains("think") || kind.contains("reason") || part["thought"] == true {
        parts.push(AnswerPart::Thinking(text_of(part)));
    } else if part["text"].is_null() && (!part["input"].is_null() || !part["arguments"].is_null()) {
        parts.extend(call(part, tool));
    } else if part.is_object() && kind.is_empty() && part["text"].is_null() {
        parts.push(AnswerPart::Call {
            is_known: false,
            input: part.clone(),
        });
    } else {
        parts.push(AnswerPart::Text(text_of(part)));
    }
}

/// Returns all text of a part, whatever it is nested in.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect(),
        Value::Object(fields) => {
            let names = [
                "text",
                "thinking",
                "reasoning",
                "content",
                "summary",
                "value",
                "output_text",
            ];
            let text = names.iter().find_map(|name| fields.get(*name));
            text.map(text_of).unwrap_or_default()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}
