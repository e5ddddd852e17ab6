//! The subcommands of the binary.

use std::process::{Command, Output};
use std::time::Duration;

use fake_bedrock::script::Script;
use goal_router::dynamodb;
use goal_router::dynamodb::embedded::EmbeddedEngine;
use serde_json::Value;

use crate::guarantees::{Requested, assert_guarantees};
use crate::support::{MODEL, fake};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

#[test]
fn a_plan_is_printed_as_markdown() {
    let output = run(&[
        "plan",
        "Run a half marathon",
        "--hours-per-week",
        "4",
        "--duration-weeks",
        "8",
    ]);

    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page.starts_with("# Run a half marathon\n") && page.contains("- **Category**: fitness"),
        "{page}"
    );
    assert!(
        page.contains("\n## Week 1: ")
            && page.contains("\n## Week 8: ")
            && !page.contains("\n## Week 9"),
        "{page}"
    );
    assert!(
        page.matches("- [ ] ").count() >= 16 && page.matches("**Milestone**: ").count() == 8,
        "{page}"
    );
    assert!(page.contains("\n## Resources\n"), "{page}");
}

#[test]
fn a_plan_is_printed_as_the_json_of_the_api() {
    let output = run(&[
        "plan",
        "Learn chess",
        "--json",
        "--start-date",
        "2026-01-05",
        "--deadline",
        "2026-03-01",
        "--context",
        "3 hours a week",
    ]);

    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let requested = Requested {
        hours_per_week: Some(3.0),
        start_date: "2026-01-05".parse().ok(),
        deadline: "2026-03-01".parse().ok(),
        duration_weeks: None,
    };
    assert_guarantees(&plan, &requested);
}

#[test]
fn invalid_arguments_are_reported_by_name_with_a_failing_exit_code() {
    let output = run(&["plan", "x", "--hours-per-week", "100"]);

    assert!(!output.status.success() && output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("goal: must have 3 to 500")
            && message.contains("hours_per_week: must be a number from 0.5 to 80"),
        "{message}"
    );
}

#[test]
fn goals_are_classified_line_by_line() {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .arg("classify")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{\"goal\": \"lose weight\"}\n{\"goal\": \"piano\", \"context\": \"compose and record an album\"}\n").unwrap();

    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();

    let categories: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["category"].clone())
        .collect();
    assert_eq!(categories, ["fitness", "creative"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_plan_leaves_its_row_in_the_store_also_without_a_classifier_model() {
    let fake = fake(Script::default());
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, data) = (fake.endpoint(), folder.path().to_owned());
    let output = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .args(["plan", "Learn chess"])
            .env_clear()
            .env("LLM_MODELS", MODEL)
            .env("CLASSIFIER_MODEL", "offline")
            .env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint)
            .env("DATA_DIR", data)
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let engine = EmbeddedEngine::in_folder(folder.path()).unwrap();
    let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(5));
    let rows = client
        .scan()
        .table_name("ai-router-usage-logs")
        .send()
        .await;
    assert_eq!(rows.map(|rows| rows.count()).unwrap_or_default(), 1);
}

#[test]
fn the_terminal_sends_a_person_in_danger_to_people_who_help() {
    let output = run(&["plan", "I want to end my life"]);

    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(
        told.contains("findahelpline.com") && told.contains("988"),
        "{told}"
    );
}
