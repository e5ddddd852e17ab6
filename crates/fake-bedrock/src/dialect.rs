//! How servers differ that speak chat completions: the shape of their errors, and where they put an answer. A model is served in the
//! dialect whose name its ID contains.

use serde_json::{Value, json};

/// A dialect of chat completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI itself, and LM Studio.
    OpenAi,
    /// Errors in errors, and 404 where no server has a feature.
    OpenRouter,
    /// Flat errors.
    Vllm,
    /// Errors with a message alone.
    Ollama,
    /// Errors with an inner error.
    Azure,
    /// Errors in a list.
    Gemini,
    /// Features that are not supported are errors of the server.
    LlamaCpp,
    /// Details with the place in the request; content in parts.
    Mistral,
    /// Thinking beside the answer.
    DeepSeek,
}

impl Dialect {
    /// Returns the dialect of a model.
    pub fn of(model: &str) -> Self {
        let names = [
            ("openrouter", Self::OpenRouter),
            ("vllm", Self::Vllm),
            ("ollama", Self::Ollama),
            ("azure", Self::Azure),
            ("gemini", Self::Gemini),
            ("llama.cpp", Self::LlamaCpp),
            ("mistral", Self::Mistral),
            ("deepseek", Self::DeepSeek),
        ];
        let named = names.into_iter().find(|(name, _)| model.contains(name));
        named.map_or(Self::OpenAi, |(_, dialect)| dialect)
    }

    /// Returns the status and the body of an error with this status and message.
    pub fn error(self, status: u16, message: &str) -> (u16, Value) {
        let is_request = status == 400;
        match self {
            Self::OpenAi | Self::DeepSeek => (
                status,
                json!({"error": {"message": message, "type": "scripted", "param": null, "code": null}}),
            ),
            Self::OpenRouter => {
                let raw = json!({"error": {"message": message}}).to_string();
                let status = if is_request { 404 } else { status };
                (
                    status,
                    json!({"error": {"message": "Provider returned error", "code": status, "metadata": {"raw": raw}}}),
                )
            }
            Self::Vllm => (
                status,
                json!({"object": "error", "message": message, "type": "BadRequestError", "param": null, "code": status}),
            ),
            Self::Ollama => (status, json!({"error": message})),
            Self::Azure => (
                status,
                json!({"error": {"message": message, "code": "BadRequest", "innererror": {"code": "Scripted"}}}),
            ),
            Self::Gemini => (
                status,
                json!([{"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}]),
            ),
            Self::LlamaCpp => {
                let status = if is_request { 500 } else { status };
                (
                    status,
                    json!({"error": {"code": status, "message": message, "type": "server_error"}}),
                )
            }
            Self::Mistral => {
                let status = if is_request { 422 } else { status };
                (
                    status,
                    json!({"object": "error", "detail": [{"type": "value_error", "loc": ["body"], "msg": message}]}),
                )
            }
        }
    }

    /// Puts a message into the form of the dialect.
    pub fn message(self, mut message: Value) -> Value {
        match self {
            Self::DeepSeek | Self::OpenRouter => {
                let name = if self == Self::DeepSeek {
                    "reasoning_content"
                } else {
                    "reasoning"
                };
                message[name] = json!("First {a draft}: {\"weekly_breakdown\": []}");
            }
            Self::Mistral if message["content"].is_string() => {
                message["content"] = json!([
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm {"}]},
                    {"type": "text", "text": message["content"]},
                ]);
            }
            Self::Ollama | Self::Vllm if message["content"].is_string() => {
                let text = message["content"].as_str().unwrap_or_default();
                message["content"] = json!(format!("<think>[a] {{b}}</think>\n{text}"));
            }
            _ => {}
        }
        message
    }
}
