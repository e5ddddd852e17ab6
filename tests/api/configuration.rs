//! Configuration of the real binary: variables override the file, which overrides the defaults; an invalid value stops the start.

use std::process::{Command, Output};

fn start(environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn an_invalid_value_stops_the_start_with_its_variable_and_what_is_allowed() {
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
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            message.contains(name) && message.contains(value) && message.contains(allowed),
            "{message}"
        );
    }
}

#[test]
fn environment_variables_override_the_file() {
    let folder = std::env::temp_dir().join(format!("goal-router-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("settings.toml");
    std::fs::write(
        &file,
        "port = \"from the file\"\nlog_format = \"from the file\"\n",
    )
    .unwrap();

    let message =
        String::from_utf8(start(&[("CONFIG_FILE", file.to_str().unwrap()), ("PORT", "0")]).stderr)
            .unwrap();

    assert!(
        message.contains("LOG_FORMAT")
            && message.contains("from the file")
            && !message.contains("PORT="),
        "{message}"
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

    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && message.contains(&port),
        "{message}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
