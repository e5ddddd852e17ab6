//! No output of the real binary shows a secret, whatever `RUST_LOG` says and whatever is misspelled.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use fake_bedrock::script::{Fault, Script};
use goal_router::access::identity::api_key::KeyDigest;
use goal_router::config::Settings;
use serde_json::{Value, json};

use crate::support::{MODEL, fake};

/// Part of every secret in these tests.
const SECRET: &str = "s3cr3t";

/// A service with every kind of secret in its configuration.
struct Service {
    child: std::process::Child,
    address: String,
    output: std::thread::JoinHandle<String>,
}

impl Service {
    async fn start(variables: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .envs([
                ("PORT", "0"),
                ("MANAGEMENT_PORT", "0"),
                ("BIND_ADDRESS", "127.0.0.1"),
                ("DRAIN_DELAY_SECONDS", "0"),
                ("RUST_LOG", "trace"),
                ("RUST_BACKTRACE", "full"),
            ])
            .env("DATA_DIR", folder.path())
            .envs(variables)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let (sender, port) = tokio::sync::oneshot::channel();
        let mut sender = Some(sender);
        let output = std::thread::spawn(move || {
            let errors = std::thread::spawn(move || {
                let mut text = String::new();
                stderr.read_to_string(&mut text).map(|_| text)
            });
            let mut text = String::new();
            for line in stdout.lines().map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["event_type"] == "application_startup"
                    && let (Some(port), Some(sender)) = (event["port"].as_u64(), sender.take())
                {
                    let _ = sender.send(port);
                }
                text += &line;
                text.push('\n');
            }
            text + &errors.join().unwrap().unwrap()
        });
        let port = tokio::time::timeout(Duration::from_secs(30), port).await;
        Self {
            child,
            address: format!("http://127.0.0.1:{}", port.unwrap().unwrap()),
            output,
        }
    }

    async fn post(&self, headers: &[(&str, &str)], goal: &str) -> u16 {
        let mut request =
            reqwest::Client::new().post(format!("{}/api/v1/generate-plan", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = request.json(&json!({ "goal": goal })).send().await;
        sent.unwrap().status().as_u16()
    }

    /// Stops the service, and returns all of its output.
    async fn finish(mut self) -> String {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.unwrap().success());
        tokio::task::spawn_blocking(move || {
            self.child.wait().unwrap();
            self.output.join().unwrap()
        })
        .await
        .unwrap()
    }
}

fn assert_no_secret(output: &str) {
    let shown = output.lines().find(|line| line.contains(SECRET));
    assert_eq!(shown, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_at_the_level_trace_shows_no_key_of_a_client_a_provider_or_a_store() {
    let openai = fake(Script::default());
    let bedrock = fake(Script::faults([Fault::Throttle]));
    let silent_redis = TcpListener::bind("127.0.0.1:0").unwrap();
    let redis = silent_redis.local_addr().unwrap();
    // Not a loopback address, so that the credentials of the environment are sent.
    let bedrock_endpoint = bedrock.endpoint().replace("127.0.0.1", "0.0.0.0");
    let base_url = openai
        .endpoint()
        .replace("//", &format!("//user:{SECRET}-url@"));
    let service = Service::start(vec![
        ("LLM_MODELS", format!("{MODEL},openai:gpt-4o-mini")),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock_endpoint),
        ("AWS_ACCESS_KEY_ID", format!("AKIA{SECRET}")),
        ("AWS_SECRET_ACCESS_KEY", format!("{SECRET}-aws")),
        ("AWS_SESSION_TOKEN", format!("{SECRET}-session")),
        ("OPENAI_BASE_URL", format!("{base_url}/v1")),
        ("OPENAI_API_KEY", format!("sk-{SECRET}")),
        (
            "REDIS_URL",
            format!("redis://user:{SECRET}-redis@{redis}/0"),
        ),
        ("PLAN_CACHE_TTL_SECONDS", "60".to_owned()),
        ("AUTH_MODE", "api_key".to_owned()),
        ("API_KEYS", format!("web:{}", KeyDigest::of(SECRET))),
    ])
    .await;

    let bearer = format!("Bearer {SECRET}");
    let wrong = format!("{SECRET}-wrong");
    for headers in [
        [("X-API-Key", SECRET)],
        [("Authorization", bearer.as_str())],
        [("X-API-Key", wrong.as_str())],
        [("Cookie", SECRET)],
    ] {
        service.post(&headers, "Learn to play the accordion").await;
    }
    let output = service.finish().await;

    assert!(output.contains("\"llm_call\"") && output.contains("\"access_denied\""));
    assert_no_secret(&output);
    assert!(!output.contains(&KeyDigest::of(SECRET).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_at_the_level_trace_shows_no_token_and_no_password_of_the_issuers_url() {
    let service = Service::start(vec![
        ("AUTH_MODE", "jwt".to_owned()),
        ("JWT_ISSUER", "https://issuer.example".to_owned()),
        ("JWT_AUDIENCE", "web".to_owned()),
        // Nothing listens there.
        (
            "JWKS_URL",
            format!("http://user:{SECRET}@127.0.0.1:9/keys?token={SECRET}"),
        ),
    ])
    .await;

    let claims = crate::issuer::encoded(&json!({"sub": SECRET}).to_string());
    let token = format!(
        "{}.{claims}.{SECRET}",
        crate::issuer::encoded(r#"{"alg":"RS256","kid":"a"}"#)
    );
    let authorization = format!("Bearer {token}");
    service
        .post(&[("Authorization", &authorization)], "Learn chess")
        .await;
    let output = service.finish().await;

    assert!(output.contains("\"access_denied\""), "{output}");
    assert_no_secret(&output);
    assert!(!output.contains(&token) && !output.contains(&claims));
}

#[test]
fn the_debug_output_of_the_settings_shows_no_secret() {
    let keys = format!("web:{}", KeyDigest::of(SECRET));
    let url = format!("https://user:{SECRET}@host:1/{SECRET}?token={SECRET}");
    let redis = format!("rediss://user:{SECRET}@cache:6379/0");
    for variables in [
        vec![("AUTH_MODE", "api_key"), ("API_KEYS", keys.as_str())],
        vec![
            ("AUTH_MODE", "jwt"),
            ("JWT_ISSUER", url.as_str()),
            ("JWT_AUDIENCE", "a"),
            ("JWKS_URL", url.as_str()),
        ],
    ] {
        let mut pairs = vec![
            ("USE_MOCK_AWS", "false"),
            ("OPENAI_API_KEY", SECRET),
            ("OPENAI_BASE_URL", url.as_str()),
            ("REDIS_URL", redis.as_str()),
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_ENDPOINT_URL_DYNAMODB", url.as_str()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url.as_str()),
        ];
        pairs.extend(variables);
        let settings = Settings::from_pairs(pairs).unwrap();

        let debug = format!("{settings:#?}");

        assert_no_secret(&debug);
        assert!(debug.contains("https://host:1"), "{debug}");
        assert!(!debug.contains(&KeyDigest::of(SECRET).to_string()));
    }
}

/// Returns the message of a start that these variables stop.
fn refusal(variables: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_goal-router"))
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{variables:?}");
    String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_message_about_an_invalid_setting_shows_no_secret_in_it() {
    let digest = KeyDigest::of(SECRET).to_string();
    for (name, value) in [
        ("API_KEYS", format!("gr_{SECRET}:web")),
        (
            "API_KEYS",
            format!("gr_{SECRET}:{digest},gr_{SECRET}:{digest}"),
        ),
        ("API_KEYS", format!("gr {SECRET}:{digest}")),
        (
            "API_KEYS",
            json!({"clients": [{"client": SECRET, "sha256": []}]}).to_string(),
        ),
        (
            "API_KEYS",
            json!({"clients": [{"client": SECRET, "sha256": [SECRET]}]}).to_string(),
        ),
        (
            "API_KEYS",
            json!({"clients": [{"client": "a", "sha256": [digest], "daily_budget_usd": SECRET}]})
                .to_string(),
        ),
        ("API_KEYS", json!({"clients": {"web": SECRET}}).to_string()),
        (
            "TIERS",
            json!({"clients": [{"client": "web", "sha256": [SECRET]}]}).to_string(),
        ),
        ("TIERS", json!({"tiers": SECRET}).to_string()),
        ("TIERS", json!({"tiers": [{(SECRET): 1}]}).to_string()),
        ("OPENAI_BASE_URL", format!("ftp://user:{SECRET}@host/")),
        ("OPENAI_BASE_URL", format!("http://user:{SECRET}@ host/")),
        ("AWS_ENDPOINT_URL", format!("user:{SECRET}@localhost")),
        ("AWS_ENDPOINT_URL", format!("https://:{SECRET}@/?{SECRET}")),
        (
            "CORS_ALLOWED_ORIGINS",
            format!("https://user:{SECRET}@app.example"),
        ),
        ("REDIS_URL", format!("https://user:{SECRET}@cache")),
    ] {
        let mode = if name == "API_KEYS" {
            "api_key"
        } else {
            "none"
        };
        let message = refusal(&[("AUTH_MODE", mode), (name, &value)]);
        assert!(
            message.starts_with(&format!("goal-router: {name}")),
            "{message}"
        );
        assert!(
            !message.contains(SECRET) && !message.contains(&digest),
            "{message}"
        );
    }
}

#[test]
fn credentials_that_are_not_utf_8_are_refused_by_name_alone() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = [SECRET.as_bytes(), b"\xff"].concat();
    let value = std::ffi::OsStr::from_bytes(&bytes);
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .arg("create-tables")
            .env_clear()
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            format!("goal-router: {name}: must be valid UTF-8\n")
        );
    }
}
