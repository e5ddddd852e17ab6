//! AWS credentials that are missing, wrong, late, and then there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use fake_bedrock::raw::{RawResponse, RawServer};
use serde_json::Value;

use crate::support::{MODEL, Process, Tables};

const CREDENTIALS: &str = r#"{"AccessKeyId": "AKIDTEST", "SecretAccessKey": "secret-not-to-be-logged", "Token": "token", "Expiration": "2199-01-01T00:00:00Z"}"#;

/// What the source of credentials answers.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Source {
    Fails,
    Hangs,
    Works,
}

/// A source of credentials, as a container has it, whose behaviour can be changed.
struct CredentialsServer {
    server: RawServer,
    behaviour: Arc<AtomicU8>,
}

impl CredentialsServer {
    fn start(source: Source) -> Self {
        let behaviour = Arc::new(AtomicU8::new(source as u8));
        let current = Arc::clone(&behaviour);
        let server = RawServer::start(move |_| {
            let is = |source: Source| current.load(Ordering::SeqCst) == source as u8;
            // The server's own thread, which has nothing else to do.
            while is(Source::Hangs) {
                std::thread::sleep(Duration::from_millis(20));
            }
            if is(Source::Works) {
                RawResponse::json(200, CREDENTIALS)
            } else {
                RawResponse::json(500, "{\"message\": \"no role\"}")
            }
        });
        Self {
            server: server.unwrap(),
            behaviour,
        }
    }

    fn set(&self, source: Source) {
        self.behaviour.store(source as u8, Ordering::SeqCst);
    }

    fn url(&self) -> String {
        format!("{}/credentials", self.server.endpoint())
    }
}

/// Starts a process that calls the fake as if it were AWS: with credentials from the default sources alone.
async fn process(
    fake: &FakeBedrock,
    tables: &Tables,
    folder: &std::path::Path,
    variables: &[(&str, &str)],
) -> Process {
    // Not a loopback address, for which the service makes up credentials, but the same machine.
    let endpoint = fake.endpoint().replace("127.0.0.1", "0.0.0.0");
    let mut all = vec![
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", folder.to_str().unwrap()),
    ];
    all.extend_from_slice(variables);
    Process::start(fake, &tables.endpoint, folder, &all).await
}

fn events(process: &Process, event_type: &str, error_type: &str) -> Vec<Value> {
    let log = std::fs::read_to_string(&process.log).unwrap();
    let events = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let wanted =
        |event: &Value| event["event_type"] == event_type && event["error_type"] == error_type;
    events.filter(wanted).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_nothing_is_booked_one_warning_says_so_and_readiness_tells_it() {
    let (failing, hanging) = (
        CredentialsServer::start(Source::Fails),
        CredentialsServer::start(Source::Hangs),
    );
    let (failing, hanging_url) = (failing.url(), hanging.url());
    for variables in [
        vec![],
        vec![("AWS_PROFILE", "unknown")],
        vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", failing.as_str())],
        vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", hanging_url.as_str())],
        vec![(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://example.com/not-allowed",
        )],
    ] {
        let fake = FakeBedrock::start().unwrap();
        let tables = Tables::new().await;
        let folder = tempfile::tempdir().unwrap();
        let process = process(&fake, &tables, folder.path(), &variables).await;

        let ready = format!("{}/health/ready", process.address);
        let ready = process.client.get(ready).send().await.unwrap();
        assert_eq!(ready.status(), 503, "{variables:?}");
        let problem: Value = ready.json().await.unwrap();
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("bedrock: no_credentials"),
            "{problem}"
        );
        let started = Instant::now();
        let response = process.request_plan("one").await.unwrap();
        assert_eq!(response.status(), 503, "{variables:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{variables:?}");

        assert_eq!(fake.invoice().calls, []);
        let rows = tables.rows().await;
        assert_eq!(
            (rows["one"][0].cost, rows["one"][0].status.as_str()),
            (0, "failed")
        );
        let model = MODEL.trim_start_matches("bedrock:");
        let calls = format!(
            "gen_ai_client_operation_duration_seconds_count{{model=\"{model}\",operation=\"plan\",outcome=\"not_sent_no_credentials\"}}"
        );
        let calls = process.metric(&calls).await;
        assert!((calls - 1.0).abs() < 0.1, "{variables:?}: {calls} calls");
        let told = events(&process, "error", "not_sent_no_credentials");
        let warnings = told.iter().filter(|event| event["level"] == "WARN");
        assert_eq!(warnings.count(), 1, "{told:?}");
        let log = std::fs::read_to_string(&process.log).unwrap();
        let is_ours = |line: &str| line.contains("\"event_type\"");
        assert_eq!(log.lines().find(|line| !is_ours(line)), None);
    }
    hanging.set(Source::Fails);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_recovers_by_itself_when_credentials_come() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let source = CredentialsServer::start(Source::Fails);
    let process = process(
        &fake,
        &tables,
        folder.path(),
        &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &source.url())],
    )
    .await;
    assert!(!process.is_ready().await);
    assert_eq!(process.request_plan("one").await.unwrap().status(), 503);

    source.set(Source::Works);

    let waiting = Instant::now();
    while !process.is_ready().await {
        assert!(waiting.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(process.request_plan("two").await.unwrap().status(), 200);
    assert!(!fake.invoice().calls.is_empty());
    let log = std::fs::read_to_string(&process.log).unwrap();
    assert!(log.contains("provider_available") && !log.contains("secret-not-to-be-logged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_written_after_the_start_is_found() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let process = process(&fake, &tables, folder.path(), &[("AWS_PROFILE", "late")]).await;
    assert_eq!(process.request_plan("one").await.unwrap().status(), 503);

    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    std::fs::write(
        folder.path().join(".aws/credentials"),
        "[late]\naws_access_key_id = AKIDTEST\naws_secret_access_key = secret\n",
    )
    .unwrap();

    assert_eq!(process.request_plan("two").await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_another_model_stays_ready_and_says_which_provider_is_unavailable() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let models = format!("{MODEL},offline");
    let process = process(&fake, &tables, folder.path(), &[("LLM_MODELS", &models)]).await;

    let ready = format!("{}/health/ready", process.address);
    let ready = process.client.get(ready).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let health: Value = ready.json().await.unwrap();
    assert_eq!(
        health["unavailable_providers"],
        serde_json::json!([{"provider": "bedrock", "reason": "no_credentials"}])
    );
    let plan: Value = process
        .request_plan("one")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(plan["metadata"]["provider"], "offline");
    assert_eq!(tables.rows().await["one"][0].cost, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bearer_token_of_bedrock_is_never_sent_to_an_emulator_on_this_machine() {
    let headers = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&headers);
    let server = RawServer::start(move |request| {
        seen.lock().unwrap().push(request.headers.clone());
        RawResponse::json(400, "{\"message\": \"no\"}")
    })
    .unwrap();
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folder = tempfile::tempdir().unwrap();
    let endpoint = server.endpoint();
    let variables = [
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.as_str()),
        ("AWS_BEARER_TOKEN_BEDROCK", "token-not-to-be-sent"),
    ];
    let process = Process::start(&fake, &tables.endpoint, folder.path(), &variables).await;

    process.request_plan("one").await.unwrap();

    let headers = headers.lock().unwrap();
    assert!(!headers.is_empty(), "the emulator was called");
    let all = format!("{headers:?}");
    assert!(all.contains("AWS4-HMAC-SHA256"), "{all}");
    assert!(!all.contains("token-not-to-be-sent"), "{all}");
}
