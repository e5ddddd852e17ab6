//! Configuration of the real binary: variables override the file, which overrides the defaults; an invalid value stops the start.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

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
        (
            "LLM_MODELS",
            "bedrock:bedrock/us.anthropic.claude-haiku-5-5",
            "is not a model ID of Bedrock",
        ),
        (
            "LLM_MODELS",
            "bedrock:bedrock:us.anthropic.claude-haiku-5-5",
            "is not a model ID of Bedrock",
        ),
        (
            "OPENAI_BASE_URL",
            "http://localhost:11434/api/chat",
            "must be the base URL",
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

/// Starts with a `CONFIG_FILE` of this text and returns the error message; panics if the service starts.
fn refusal(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, text).unwrap();
    let output = start(&[
        ("CONFIG_FILE", file.to_str().unwrap()),
        ("DATA_DIR", folder.path().to_str().unwrap()),
        // If it does start, it must not run on.
        ("PORT", "0"),
        ("BIND_ADDRESS", "192.0.2.1"),
    ]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    message
}

#[test]
fn the_file_is_refused_for_unknown_keys_sections_and_values_of_the_wrong_type() {
    for (text, parts) in [
        ("auth_mod = \"api_key\"", ["`auth_mod`", "`auth_mode`"]),
        ("auth_mode = [\"api_key\"]", ["AUTH_MODE", "array"]),
        ("[auth_mode]\nname = \"api_key\"", ["AUTH_MODE", "section"]),
        (
            "[access]\nauth_mode = \"api_key\"",
            ["[access]", "top level"],
        ),
        ("max_in_flight = true", ["MAX_IN_FLIGHT", "whole number"]),
        ("daily_budget_usd = [5]", ["DAILY_BUDGET_USD", "number"]),
        (
            "bedrock_region = \"us-nowhere-1\"",
            ["BEDROCK_REGION", "AWS region"],
        ),
        (
            "dynamodb_table_name = \"one\"\ndynamodb_state_table_name = \"one\"",
            ["DYNAMODB_STATE_TABLE_NAME", "another table"],
        ),
    ] {
        let message = refusal(text);
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
    let message = refusal("openai_api_key = \"sk-secret");
    assert!(
        message.contains("line 1") && !message.contains("secret"),
        "{message}"
    );
    let message = refusal("openai_base_url = \"ftp://user:secret@host\"");
    assert!(
        message.contains("OPENAI_BASE_URL") && !message.contains("secret"),
        "{message}"
    );
}

/// How long a line of the log may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running service, killed when it is dropped, with the lines of its log.
struct Running {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
    _data: tempfile::TempDir,
}

impl Running {
    fn start(environment: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([("PORT", "0"), ("MANAGEMENT_PORT", "0")])
            .env("DATA_DIR", data.path())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            _data: data,
        }
    }

    /// Returns the lines up to the one that contains this text.
    fn lines_until(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            lines.push(line.unwrap_or_else(|_| panic!("no {text} in {lines:?}")));
            if lines.last().is_some_and(|line| line.contains(text)) {
                return lines;
            }
        }
    }

    /// Stops the service, which must be orderly at any time after the start, and returns the lines that were not read yet.
    fn stop(mut self) -> Vec<String> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        let mut lines = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            lines.push(line);
        }
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {lines:?}");
        lines
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn event(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_setting_that_has_no_effect_and_a_server_that_does_not_answer_get_one_warning_each() {
    // It accepts connections and says nothing.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = silent.local_addr().unwrap();
    let redis = format!("redis://user:secret@{address}");
    let keys = format!("http://{address}/keys");
    let jwt = [
        ("AUTH_MODE", "jwt"),
        ("JWT_ISSUER", "https://issuer.example"),
        ("JWT_AUDIENCE", "a"),
        ("JWKS_URL", keys.as_str()),
    ];
    for (environment, setting) in [
        (vec![("API_KEYS", "web:secret")], "API_KEYS"),
        (vec![("REDIS_URL", redis.as_str())], "REDIS_URL"),
        (vec![("REDIS_URL", "redis://127.0.0.1:9")], "REDIS_URL"),
        (jwt.to_vec(), "JWKS_URL"),
    ] {
        let service = Running::start(&environment);
        // The service listens before it knows whether the server answers.
        let before = service.lines_until("application_startup");
        assert!(
            !before.iter().any(|line| line.contains("startup_warning")),
            "{before:?}"
        );
        let lines = service.lines_until("startup_warning");
        let warning = event(lines.last().unwrap());
        assert_eq!(
            (&warning["level"], &warning["setting"]),
            (&"WARN".into(), &setting.into())
        );
        let rest = service.stop();
        assert!(
            !rest.iter().any(|line| line.contains("startup_warning")),
            "{rest:?}"
        );
        assert!(!format!("{lines:?}{rest:?}").contains("secret"));
    }
    let quiet = Running::start(&[]);
    quiet.lines_until("application_startup");
    let rest = quiet.stop();
    assert!(
        !rest.iter().any(|line| line.contains("startup_warning")),
        "{rest:?}"
    );
}

#[test]
fn the_start_tells_what_is_remote_and_how_clients_authenticate() {
    let local = Running::start(&[]);
    let lines = local.lines_until("application_startup");
    let startup = event(lines.last().unwrap());
    assert!(
        startup["mode"].as_str().unwrap().contains("fully local"),
        "{startup}"
    );
    assert_eq!(
        (&startup["remote"], &startup["auth_mode"]),
        (&"".into(), &"none".into())
    );

    let mixed = Running::start(&[
        (
            "CLASSIFIER_MODEL",
            "bedrock:global.anthropic.claude-haiku-5-5",
        ),
        ("REDIS_URL", "redis://user:secret@127.0.0.1:9"),
    ]);
    let lines = mixed.lines_until("application_startup");
    let startup = event(lines.last().unwrap());
    assert!(
        !startup["mode"].as_str().unwrap().contains("local:"),
        "{startup}"
    );
    assert_eq!(
        startup["remote"],
        "Bedrock in us-east-1, Redis at 127.0.0.1:9"
    );
}

#[test]
fn the_readable_log_begins_with_the_documentation_and_a_command_that_works() {
    let service = Running::start(&[("LOG_FORMAT", "pretty"), ("BIND_ADDRESS", "127.0.0.1")]);
    let lines = service.lines_until("curl");
    let docs = lines.iter().find(|line| line.contains("/docs/")).unwrap();
    let url = docs.split_once("http://").unwrap().1.trim();
    assert!(
        url.starts_with("localhost:") && url.ends_with("/docs/"),
        "{docs}"
    );

    let command = lines.last().unwrap().split_once("curl").unwrap().1;
    let arguments = shell_words(command);
    assert!(
        arguments[0].starts_with("http://localhost:"),
        "{arguments:?}"
    );
    let body: Value = serde_json::from_str(arguments.last().unwrap()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = arguments[0].replace("localhost", "127.0.0.1");
    let answer =
        runtime.block_on(async { reqwest::Client::new().post(url).json(&body).send().await });
    assert_eq!(answer.unwrap().status(), 200);

    // The request is one line: none tells of its beginning or its steps.
    let lines = service.lines_until("POST ");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains("POST /api/v1/generate-plan 200 ")
            && lines[0].contains("  skill-learning  offline  $0  …")
            && !lines[0].contains('\u{1b}'),
        "{lines:?}"
    );
}

/// Splits a command as a shell does, for plain words and quotes.
fn shell_words(command: &str) -> Vec<String> {
    let (mut words, mut quote, mut word) = (Vec::new(), None, String::new());
    for char in command.trim().chars() {
        match (quote, char) {
            (Some(end), _) if char == end => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(char),
        }
    }
    words.push(word);
    words
}

#[test]
fn the_health_check_follows_the_address_that_the_service_listens_on() {
    for address in ["0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::1"] {
        let service = Running::start(&[("BIND_ADDRESS", address)]);
        let lines = service.lines_until("application_startup");
        let port = event(lines.last().unwrap())["port"].to_string();
        let check = |address: &str| {
            Command::new(env!("CARGO_BIN_EXE_goal-router"))
                .arg("healthcheck")
                .env_clear()
                .env("PORT", &port)
                .env("BIND_ADDRESS", address)
                // A proxy is no way to this machine.
                .env("HTTP_PROXY", "http://127.0.0.1:9")
                .status()
                .unwrap()
                .success()
        };
        assert!(check(address), "{address}");
        if address == "127.0.0.2" {
            assert!(!check("127.0.0.1"), "nothing listens there");
        }
    }
}
