//! The rows of the table.
//!
//! | key | meaning |
//! |---|---|
//! | `id`, `kind`, `name`, `why` | the row's name, its group, and what it is about |
//! | `provider`, `form` | `openai` or `bedrock`, and the output mode that is tried first |
//! | `when` | the requests that get this answer: `null` all, `first` the first alone; `response_format`, `tools`, `toolConfig`, `temperature`, `max_tokens`, `max_completion_tokens` those with that field; `forced` those with a forced tool; `max_above:N` those that ask for more than N output tokens; `model:ID` those for that model, beside which a second one is configured. Every other request gets a plain good plan. |
//! | `status`, `headers`, `body` | the answer; in the body, the names of [`PLACEHOLDERS`] stand for plans |
//! | `expect` | [`Expected`] |

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::booking::plan;

/// A row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub provider: String,
    pub form: String,
    pub when: Option<String>,
    pub status: u16,
    pub headers: Map<String, Value>,
    pub body: Value,
    pub expect: Expected,
    #[serde(rename = "why")]
    _why: String,
}

/// What has to come of an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The status, or several that are right.
    pub status: Value,
    /// The code of the problem.
    pub code: Option<String>,
    /// The number of requests for the goal, or `[least, most]`.
    pub calls: Value,
    /// The number of requests for the next goal, in the same process.
    pub again: Option<usize>,
    /// The least that `Retry-After` tells the client, in seconds.
    pub retry_after: Option<u64>,
    /// `usage` is what the server's usage says, `zero`, `worst_case` that of one call, or an amount in USD.
    pub booked: Option<Value>,
}

/// Parses the rows of a table.
pub fn parse(table: &str) -> Vec<Row> {
    let rows = table.lines().filter(|line| !line.trim().is_empty());
    rows.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The names in a body that stand for something else. A longer name comes before one that it contains.
const PLACEHOLDERS: [&str; 7] = [
    "PLAN_STRING",
    "PLAN_TWICE",
    "PLAN_NEWLINE",
    "PLAN_COMMA",
    "WEEKS_STRING",
    "DRAFT_STRING",
    "TOOL",
];

impl Row {
    /// Returns the body as it is sent, to a request that names this tool.
    pub fn body(&self, tool: &str) -> String {
        match (filled(&self.body, tool), self.is_text()) {
            (Value::String(text), true) => text,
            (body, _) => body.to_string(),
        }
    }

    fn is_text(&self) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && !value.as_str().unwrap().contains("json")
        })
    }
}

fn filled(value: &Value, tool: &str) -> Value {
    match value {
        Value::String(text) if text == "PLAN" => plan(8),
        Value::String(text) => {
            let fill = |text: String, name: &&str| text.replace(*name, &meaning(name, tool));
            Value::String(PLACEHOLDERS.iter().fold(text.clone(), fill))
        }
        Value::Array(items) => items.iter().map(|item| filled(item, tool)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(name, field)| (name.clone(), filled(field, tool)))
                .collect()
        }
        other => other.clone(),
    }
}

fn meaning(placeholder: &str, tool: &str) -> String {
    let text = plan(8).to_string();
    match placeholder {
        "PLAN_STRING" => text,
        "PLAN_TWICE" => json!(text).to_string(),
        "PLAN_NEWLINE" => text.replacen("Practise scale", "Practise\nscale", 1),
        "PLAN_COMMA" => text.replacen("number 1\"]", "number 1\",]", 1),
        "WEEKS_STRING" => plan(8)["weekly_breakdown"].to_string(),
        "DRAFT_STRING" => plan(2).to_string(),
        _ => tool.to_owned(),
    }
}
