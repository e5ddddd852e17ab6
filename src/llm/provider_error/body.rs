//! Takes an error's messages, codes and parameters out of a body of any shape.

use serde_json::Value;

use super::ProviderError;
use super::kind::REFUSED_CODES;

/// How deep an error is searched. A string that contains JSON counts as a level.
const DEPTH: u8 = 7;
/// How much of a text is kept. Errors are short, and what follows may be the prompt.
const MAX_TEXT: usize = 2000;

/// The fields that hold messages.
const MESSAGES: [&str; 11] = [
    "message",
    "Message",
    "msg",
    "detail",
    "error_message",
    "error_description",
    "errorMessage",
    "reason",
    "title",
    "description",
    "raw",
];
/// The fields that hold codes.
const CODES: [&str; 8] = [
    "code",
    "Code",
    "type",
    "__type",
    "status",
    "error_type",
    "error_code",
    "originalStatusCode",
];
/// The fields that hold names of parameters.
const PARAMS: [&str; 4] = ["param", "parameter", "loc", "field"];
/// The fields that hold errors in turn. Others are not read: some servers send the whole request back.
const WRAPPERS: [&str; 10] = [
    "error",
    "Error",
    "errors",
    "detail",
    "details",
    "metadata",
    "innererror",
    "inner_error",
    "Output",
    "provider_error",
];

impl ProviderError {
    /// Reads an error response. `code` is one of its headers, if the protocol has such.
    pub fn read(status: u16, code: Option<&str>, body: &[u8]) -> Self {
        let mut error = Self {
            status,
            ..Self::default()
        };
        error.add_code(code.unwrap_or_default());
        match serde_json::from_slice(body) {
            Ok(body) => error.add(&body, DEPTH),
            Err(_no_json) => error.add_text(&String::from_utf8_lossy(body), DEPTH),
        }
        error
    }

    /// Reads an error in a response that calls itself a success.
    pub fn in_success(error: &Value) -> Self {
        let mut read = Self::default();
        read.add(error, DEPTH);
        let statuses = read.codes.iter().filter_map(|code| code.parse().ok());
        let status = statuses
            .into_iter()
            .find(|status| (400..=599).contains(status));
        read.is_status_guessed = status.is_none() && !read.has_code(&REFUSED_CODES);
        read.status = status.unwrap_or_else(|| read.status_in_words());
        read
    }

    fn add(&mut self, value: &Value, depth: u8) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Value::String(text) => self.add_text(text, depth),
            Value::Array(items) => items.iter().for_each(|item| self.add(item, depth)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    self.add_field(name, field, depth);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add_field(&mut self, name: &str, field: &Value, depth: u8) {
        if CODES.contains(&name) {
            match field {
                Value::String(code) => self.add_code(code),
                Value::Number(code) => self.codes.push(code.to_string()),
                _ => {}
            }
        } else if PARAMS.contains(&name) {
            self.add_param(field);
        } else if let ("errors", Value::Object(by_parameter)) = (name, field) {
            for (parameter, error) in by_parameter {
                self.add_param(&Value::from(parameter.as_str()));
                self.add(error, depth);
            }
        } else if MESSAGES.contains(&name) || WRAPPERS.contains(&name) {
            self.add(field, depth);
        }
    }

    fn add_code(&mut self, code: &str) {
        // `aws.protocols#ThrottlingException:http://...` is the exception alone.
        let code = code.rsplit('#').next().unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        if !code.is_empty() {
            self.codes.push(cut(code).to_lowercase());
        }
    }

    fn add_param(&mut self, param: &Value) {
        let parts: Vec<&str> = match param {
            Value::String(param) => vec![param],
            Value::Array(path) => path.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let param = cut(&parts.join(".")).to_lowercase();
        let param = param.strip_prefix("body.").unwrap_or(&param).to_owned();
        if !param.is_empty() {
            self.params.push(param);
        }
    }

    fn add_text(&mut self, text: &str, depth: u8) {
        let trimmed = text.trim();
        if trimmed.starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str(trimmed)
        {
            self.add(&inner, depth);
        } else if !trimmed.is_empty() {
            self.messages.push(cut(trimmed).to_lowercase());
        }
    }
}

fn cut(text: &str) -> &str {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_any_shape_is_read() {
        for body in [
            r#"{"error": {"message": "No.", "code": "bad"}}"#,
            r#"{"object": "error", "message": "No.", "type": "bad"}"#,
            r#"{"error": "No.", "error_type": "bad"}"#,
            r#"{"detail": [{"type": "bad", "msg": "No.", "input": {"message": "my goal"}}]}"#,
            r#"{"errors": [{"message": "No.", "code": "bad"}]}"#,
            r#"[{"error": {"message": "No.", "status": "BAD"}}]"#,
            r#"{"error": {"metadata": {"raw": "{\"error\": {\"message\": \"No.\", \"code\": \"bad\"}}"}}}"#,
            r#"{"__type": "com.amazon.coral#Bad", "message": "No."}"#,
        ] {
            let error = ProviderError::read(400, None, body.as_bytes());
            assert_eq!(
                (error.messages, error.codes),
                (vec!["no.".to_owned()], vec!["bad".to_owned()]),
                "{body}"
            );
        }
        assert_eq!(ProviderError::read(500, None, b"No.").messages, ["no."]);
    }

    #[test]
    fn the_parameter_at_fault_is_read() {
        for (body, param) in [
            (
                r#"{"error": {"param": "response_format"}}"#,
                "response_format",
            ),
            (
                r#"{"detail": [{"loc": ["body", "tools", 0, "strict"]}]}"#,
                "tools.strict",
            ),
        ] {
            assert_eq!(
                ProviderError::read(400, None, body.as_bytes()).params,
                [param]
            );
        }
    }
}
