//! Configuration of the real binary: over a file, over defaults; a bad value stops the start and names itself.

use std::process::{Command, Output};

fn start(environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn a_bad_value_stops_the_start_and_names_the_variable_the_value_and_what_is_allowed() {
    for (name, value, allowed) in [
        ("PORT", "http", "a whole number from 0 to 65535"),
        (
            "LLM_MODELS",
            "bedrock:anthropic.claude-from-nowhere",
            "has no price",
        ),
        ("LOG_FORMAT", "yaml", "`json` or `pretty`"),
        ("USE_MOCK_AWS", "maybe", "`true` or `false`"),
    ] {
        let output = start(&[(name, value)]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            complaint.contains(name) && complaint.contains(value) && complaint.contains(allowed),
            "{complaint}"
        );
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = std::env::temp_dir().join(format!("goal-router-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("settings.toml");
    std::fs::write(
        &file,
        "port = \"from the file\"\nlog_format = \"from the file\"\n",
    )
    .unwrap();

    let complaint =
        String::from_utf8(start(&[("CONFIG_FILE", file.to_str().unwrap()), ("PORT", "0")]).stderr)
            .unwrap();

    assert!(
        complaint.contains("LOG_FORMAT")
            && complaint.contains("from the file")
            && !complaint.contains("PORT="),
        "{complaint}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_port_that_is_taken_stops_the_start() {
    let taken = std::net::TcpListener::bind(("0.0.0.0", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = std::env::temp_dir().join(format!("goal-router-{}", uuid::Uuid::new_v4()));

    let output = start(&[
        ("PORT", &port),
        ("MANAGEMENT_PORT", "0"),
        ("DATA_DIR", folder.to_str().unwrap()),
    ]);

    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && complaint.contains(&port),
        "{complaint}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
