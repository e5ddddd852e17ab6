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
        page.matches(". [ ] ").count() >= 16
            && page.matches("**Milestone**: ").count() == 8
            && page.matches("**Sessions**: ").count() == 8,
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

fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_no_debug_output(&errors);
    (output.status.code(), errors)
}

/// Fails if the text has the marks of Rust's `Debug` output.
fn assert_no_debug_output(text: &str) {
    for mark in [
        " { ",
        "Some(",
        "Error(",
        "source:",
        "kind:",
        "RUST_BACKTRACE",
        "panicked",
    ] {
        assert!(!text.contains(mark), "{text}");
    }
}

#[test]
fn a_negative_number_is_a_value_that_is_out_of_range() {
    for (option, value, message) in [
        (
            "--hours-per-week",
            "-3",
            "hours_per_week: must be a number from 0.5 to 80",
        ),
        (
            "--hours-per-week",
            "-0.5",
            "hours_per_week: must be a number from 0.5 to 80",
        ),
        ("--duration-weeks", "-1", "duration_weeks: must be"),
        ("--start-date", "-1", "start_date: must be"),
        ("--deadline", "-2026-01-01", "deadline: must be"),
        ("--language", "-de", "language: must be"),
    ] {
        let (code, errors) = run_with(&["plan", "Learn chess", option, value], &[]);
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains(message), "{errors}");
    }
    for value in ["many", "NaN", "inf", "2,5", ""] {
        let (code, errors) = run_with(&["plan", "Learn chess", "--hours-per-week", value], &[]);
        assert_eq!(code, Some(2), "{value}: {errors}");
        assert!(errors.contains("must be a number"), "{errors}");
    }
}

#[test]
fn a_blank_goal_is_rejected_in_words_and_blank_lines_are_skipped() {
    for goal in ["", "   ", "\n\n"] {
        let (code, errors) = run_with(&["plan", goal], &[]);
        assert_eq!(code, Some(1));
        assert!(
            errors.contains("goal: must have 3 to 500 characters"),
            "{errors}"
        );
    }

    for (input, lines, error) in [
        ("\n{\"goal\": \"Learn chess\"}\n  \n\r\n", 1, None),
        (
            "{\"goal\": \"Learn chess\"}\n\n{\"goal\": \" \"}",
            1,
            Some("line 3: goal: must have"),
        ),
        ("\nLearn chess", 0, Some("line 2: column 1: expected value")),
    ] {
        let (output, errors) = classify(input.as_bytes());
        assert_eq!(output.lines().count(), lines, "{output}");
        assert_eq!(errors.is_empty(), error.is_none(), "{errors}");
        assert!(errors.contains(error.unwrap_or_default()), "{errors}");
        assert_no_debug_output(&errors);
    }
    assert!(
        classify(b"{\"goal\": \"\xff\"}")
            .1
            .contains("line 1: not valid UTF-8")
    );
}

/// Returns what `classify` prints for this input, and its errors.
fn classify(input: &[u8]) -> (String, String) {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .arg("classify")
        .env_clear()
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .args(["plan", "Learn chess"])
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());

    let output = child.wait_with_output().unwrap();

    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_reports_which_model_writes_which_failed_and_which_is_next() {
    let fake = fake(Script::default());
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, data) = (fake.endpoint(), folder.path().display().to_string());
    // Nothing listens at the first model's server.
    let models = format!("openai:gpt-4o-mini,{MODEL}");
    let (code, errors) = tokio::task::spawn_blocking(move || {
        run_with(
            &["plan", "Learn chess"],
            &[
                ("LLM_MODELS", &models),
                ("CLASSIFIER_MODEL", "offline"),
                ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
                ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &endpoint),
                ("DATA_DIR", &data),
            ],
        )
    })
    .await
    .unwrap();

    assert_eq!(code, Some(0), "{errors}");
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 3, "{errors}");
    assert_eq!(lines[0], "openai:gpt-4o-mini writes the plan");
    assert!(
        lines[1].starts_with("openai:gpt-4o-mini failed: "),
        "{errors}"
    );
    assert!(
        lines[1].ends_with(&format!("; next is {MODEL}")),
        "{errors}"
    );
    assert_eq!(lines[2], format!("{MODEL} writes the plan"));
}

#[test]
fn the_last_model_that_failed_is_named_and_the_error_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (code, errors) = run_with(
        &["plan", "Learn chess"],
        &[
            ("LLM_MODELS", "openai:gpt-4o-mini"),
            ("CLASSIFIER_MODEL", "offline"),
            ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
            ("DATA_DIR", folder.path().to_str().unwrap()),
        ],
    );

    assert_eq!(code, Some(1));
    assert!(errors.contains("openai:gpt-4o-mini failed: "), "{errors}");
    assert!(
        errors.contains("; no other model is left to try\ngoal-router: "),
        "{errors}"
    );
}

#[test]
fn tables_that_cannot_be_created_are_reported_in_words() {
    let (code, errors) = run_with(
        &["create-tables"],
        &[
            ("USE_MOCK_AWS", "false"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
        ],
    );

    assert_eq!(code, Some(1));
    assert!(
        errors.starts_with("goal-router: cannot create the table ai-router-usage-logs: ")
            && errors.to_lowercase().contains("connection refused"),
        "{errors}"
    );
}

#[tokio::test]
async fn a_second_service_on_the_same_folder_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let _first = crate::support::TestApp::with(&[("SPOOL_DIR", spool.to_str().unwrap())]).await;
    let (code, errors) = run_with(
        &["serve"],
        &[
            ("PORT", "0"),
            ("MANAGEMENT_PORT", "0"),
            ("DATA_DIR", folder.path().to_str().unwrap()),
        ],
    );

    assert_eq!(code, Some(1));
    assert!(
        errors.contains("another process of goal-router uses this folder")
            && errors.contains(spool.to_str().unwrap())
            && errors.contains("DATA_DIR"),
        "{errors}"
    );
}

#[test]
fn a_folder_that_cannot_be_used_is_reported_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    for command in ["create-tables", "serve"] {
        let (code, errors) = run_with(&[command], &[("DATA_DIR", path), ("PORT", "0")]);
        assert_eq!(code, Some(1));
        assert!(errors.contains(path), "{errors}");
        assert_eq!(errors.matches("(os error ").count(), 1, "{errors}");
    }
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
