//! The role of the tasks may do what the service does, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::environments;
use crate::task;
use crate::terraform::Environment;
use crate::{files, folders};

/// The file of what only `goal-router create-tables` does, which nobody runs in a task: Terraform makes the tables.
const ONLY_TO_CREATE_TABLES: &str = "src/dynamodb/tables.rs";

/// Operations of DynamoDB, as the client's builders and its parts of a transaction are called, with the permission each needs.
const OPERATIONS: [(&str, &str); 14] = [
    (".batch_get_item()", "dynamodb:BatchGetItem"),
    (".batch_write_item()", "dynamodb:BatchWriteItem"),
    (".delete_item()", "dynamodb:DeleteItem"),
    (".describe_table()", "dynamodb:DescribeTable"),
    (".get_item()", "dynamodb:GetItem"),
    (".put_item()", "dynamodb:PutItem"),
    (".query()", "dynamodb:Query"),
    (".scan()", "dynamodb:Scan"),
    (".update_item()", "dynamodb:UpdateItem"),
    // A transaction needs the permissions of its parts.
    (" ConditionCheck::builder()", "dynamodb:ConditionCheckItem"),
    (" Delete::builder()", "dynamodb:DeleteItem"),
    (" Get::builder()", "dynamodb:GetItem"),
    (" Put::builder()", "dynamodb:PutItem"),
    (" Update::builder()", "dynamodb:UpdateItem"),
];

/// The same for Bedrock.
const MODEL_OPERATIONS: [(&str, &str); 4] = [
    (".converse()", "bedrock:InvokeModel"),
    (
        ".converse_stream()",
        "bedrock:InvokeModelWithResponseStream",
    ),
    (".count_tokens()", "bedrock:CountTokens"),
    (".invoke_model()", "bedrock:InvokeModel"),
];

/// What the exporters of the collector need, where the log group is there already.
const EXPORTERS: [(&str, &[&str]); 2] = [
    (
        "awsemf",
        &[
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
    ),
    (
        "awsxray",
        &["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    ),
];

/// What the tasks may do without doing it: an answer in pieces costs what it costs in one, and counting tokens costs nothing. So a version
/// that begins to do so needs no change of roles first.
const HARMLESS: [&str; 2] = [
    "bedrock:CountTokens",
    "bedrock:InvokeModelWithResponseStream",
];

/// Returns the permissions that the code in a folder needs.
fn needed(folder: &str, operations: &[(&str, &'static str)]) -> BTreeSet<&'static str> {
    let files = folders::files(folder, "rs").into_iter();
    let files = files.filter(|file| file != ONLY_TO_CREATE_TABLES);
    let code: String = files.map(|file| files::text(&file)).collect();
    let used = operations.iter().filter(|(call, _)| code.contains(call));
    used.map(|(_, permission)| *permission).collect()
}

/// Returns what the role of the tasks may do of this service of AWS.
fn allowed(environment: &Environment, service: &str) -> BTreeSet<String> {
    let statements = task::of(environment).permissions("task_role_arn");
    let actions = statements.iter().flat_map(|statement| {
        assert_eq!(statement["Effect"], "Allow", "{statement}");
        strings(&statement["Action"])
    });
    actions
        .filter(|action| action.starts_with(service))
        .collect()
}

fn strings(of: &Value) -> Vec<String> {
    match of {
        Value::String(text) => vec![text.clone()],
        other => files::strings(other)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

#[test]
fn the_tasks_may_do_with_tables_exactly_what_the_code_does() {
    let needed = needed("src/dynamodb", &OPERATIONS);
    assert!(needed.len() > 3, "{needed:?}");

    for environment in environments::variants() {
        let allowed = allowed(environment, "dynamodb:");
        let allowed: BTreeSet<&str> = allowed.iter().map(String::as_str).collect();
        assert_eq!(allowed, needed, "{environment:?}");
    }
}

#[test]
fn the_tasks_may_do_with_models_what_the_code_does_and_what_is_free_or_the_same() {
    let needed = needed("src/llm/bedrock", &MODEL_OPERATIONS);
    assert!(!needed.is_empty());

    for environment in environments::variants() {
        let allowed = allowed(environment, "bedrock:");
        let allowed: BTreeSet<&str> = allowed.iter().map(String::as_str).collect();
        let missing: Vec<_> = needed.difference(&allowed).collect();
        assert!(missing.is_empty(), "{environment:?}: {missing:?}");
        let more = allowed.difference(&needed);
        let more: Vec<_> = more.filter(|action| !HARMLESS.contains(action)).collect();
        assert!(more.is_empty(), "{environment:?}: {more:?}");
    }
}

#[test]
fn the_collector_may_write_what_it_exports_and_nothing_else() {
    let config = files::yaml("otel-collector.yaml");
    let exporters = files::keys(&config["exporters"]).into_iter();
    let needed: BTreeSet<&str> = exporters
        .flat_map(|exporter| {
            let known = EXPORTERS.iter().find(|(name, _)| *name == exporter);
            known
                .unwrap_or_else(|| panic!("what does {exporter} need?"))
                .1
        })
        .copied()
        .collect();

    for environment in environments::variants() {
        let [logs, traces] = ["logs:", "xray:"].map(|service| allowed(environment, service));
        let allowed: BTreeSet<&str> = logs.iter().chain(&traces).map(String::as_str).collect();
        assert_eq!(allowed, needed, "{environment:?}");
    }
}

#[test]
fn the_tasks_reach_the_two_tables_and_their_indexes_and_nothing_else_of_dynamodb() {
    for environment in environments::variants() {
        let tables = environment.resources("aws_dynamodb_table");
        let mut expected = BTreeSet::new();
        for table in tables {
            let arn = table.attribute("arn").unwrap().as_str().unwrap().to_owned();
            if !table.get("global_secondary_index").is_null() {
                expected.insert(format!("{arn}/index/*"));
            }
            expected.insert(arn);
        }
        let statements = task::of(environment).permissions("task_role_arn");
        let of_tables = statements.iter().filter(|statement| {
            let actions = strings(&statement["Action"]);
            actions.iter().any(|action| action.starts_with("dynamodb:"))
        });
        let reached: BTreeSet<String> = of_tables
            .flat_map(|statement| strings(&statement["Resource"]))
            .collect();

        assert_eq!(reached, expected, "{environment:?}");
    }
}
