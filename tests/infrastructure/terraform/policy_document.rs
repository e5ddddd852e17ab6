//! `aws_iam_policy_document`: the statements as IAM reads them.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::value::{Outcome, as_list};

/// The type of these data sources.
pub const KIND: &str = "data.aws_iam_policy_document";

/// Returns the JSON text of a document.
pub fn json(document: &Value) -> Outcome {
    let mut statements = Vec::new();
    for source in list(document, "source_policy_documents") {
        let source = source.as_str().map(serde_json::from_str::<Value>);
        let Some(Ok(source)) = source else {
            return Err(Failure::Invalid("a source is no policy".to_owned()));
        };
        statements.extend(as_list(&source["Statement"])?.iter().cloned());
    }
    let own = list(document, "statement").iter().map(statement);
    statements.extend(own);
    let fields = document.as_object().into_iter().flat_map(Map::keys);
    for field in fields {
        if ![
            "statement",
            "source_policy_documents",
            "version",
            "policy_id",
        ]
        .contains(&field.as_str())
        {
            return Err(Failure::Invalid(format!("these tests do not know {field}")));
        }
    }
    Ok(json!(json!({"Statement": statements}).to_string()))
}

fn statement(of: &Value) -> Value {
    let mut fields = Map::new();
    fields.insert(
        "Effect".to_owned(),
        json!(of["effect"].as_str().unwrap_or("Allow")),
    );
    for (from, to) in [
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        if !of[from].is_null() {
            fields.insert(to.to_owned(), of[from].clone());
        }
    }
    for (from, to) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if !of[from].is_null() {
            let all = list(of, from).iter();
            let pairs = all.map(|each| (text(&each["type"]), each["identifiers"].clone()));
            fields.insert(to.to_owned(), Value::Object(pairs.collect()));
        }
    }
    let mut conditions = Map::new();
    for condition in list(of, "condition") {
        let test = conditions
            .entry(text(&condition["test"]))
            .or_insert(json!({}));
        test[text(&condition["variable"])] = condition["values"].clone();
    }
    if !conditions.is_empty() {
        fields.insert("Condition".to_owned(), Value::Object(conditions));
    }
    Value::Object(fields)
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn text(of: &Value) -> String {
    of.as_str().unwrap_or_default().to_owned()
}
