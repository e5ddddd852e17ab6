//! The subcommands, as a person at a terminal uses them.

use std::process::{Command, Output};

use serde_json::Value;

use crate::guarantees::{Asked, assert_kept};

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
fn a_plan_is_printed_as_the_apis_json() {
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
    let asked = Asked {
        hours_per_week: Some(3.0),
        start_date: "2026-01-05".parse().ok(),
        deadline: "2026-03-01".parse().ok(),
        duration_weeks: None,
    };
    assert_kept(&plan, &asked);
}

#[test]
fn bad_arguments_are_named_and_the_exit_code_says_so() {
    let output = run(&["plan", "x", "--hours-per-week", "100"]);

    assert!(!output.status.success() && output.stdout.is_empty());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(
        complaint.contains("goal: must have 3 to 500")
            && complaint.contains("hours_per_week: must be a number from 0.5 to 80"),
        "{complaint}"
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
