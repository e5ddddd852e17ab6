//! What clients and models do: plans, refusals, faults of models, clients that leave or are not known.

use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::invoice::Invoice;
use fake_bedrock::script::{Fault, Script, Step};
use goal_router::access::identity::api_key::KeyDigest;
use serde_json::json;

use super::{FIRST_MODEL, SECOND_MODEL};
use crate::REQUEST;
use crate::service::{ESTIMATE, PLAN, Service, body};

/// The second model with a form of output that it refuses, so that it is moved one step down.
const MODELS_FILE: &str = r#"
[[models]]
provider = "bedrock"
id = "us.anthropic.claude-sonnet-5-5"
priced_on = "2026-11-27"
source = "a test"
answer_by = "forced-tool"
temperature = false
thinking_tokens = 0
rates = { input = "1", output = "5", cache_write = "1", cache_read = "1" }
"#;

/// Longer than the circuit breaker of a model stays open.
const BREAKER_OPEN: Duration = Duration::from_millis(10_200);

/// How long a model takes whose client does not wait for it, in milliseconds.
const MODEL_LATENCY: u64 = 3000;

/// Plays the requests. Returns what was logged and billed.
pub async fn play() -> (String, Invoice) {
    let fake = FakeBedrock::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let service = start(&fake, folder.path()).await;
    let plan = async |id: &str, client: &str| service.post(PLAN, id, Some(client)).await;

    for number in 0..3 {
        assert_eq!(plan(&format!("read-{number}"), "reader").await, 200);
    }
    play_faults(&fake, &service).await;
    play_refusals(&service).await;

    fake.set_script(Script::latency(MODEL_LATENCY));
    let wait = Duration::from_millis(300);
    service.leave("left", "web", wait).await;
    service.wait_for("\"status\":499").await;
    // Its plan is made nevertheless.
    let call = "\"event_type\":\"llm_call\",\"request_id\":\"left\"";
    service.wait_for(call).await;

    fake.set_script(Script::always(Fault::Unavailable));
    for number in 0..3 {
        assert_eq!(plan(&format!("down-{number}"), "web").await, 503);
    }
    service.wait_for("breaker_opened").await;
    fake.set_script(Script::default());
    tokio::time::sleep(BREAKER_OPEN).await;
    assert_eq!(plan("back", "web").await, 200);
    (service.stop(), fake.invoice())
}

async fn start(fake: &FakeBedrock, folder: &std::path::Path) -> Service {
    let models_file = folder.join("models.toml");
    std::fs::write(&models_file, MODELS_FILE).unwrap();
    let client = |name: &str| json!({"client": name, "sha256": [KeyDigest::of(name).to_string()]});
    let mut hasty = client("hasty");
    hasty["rate_limit_per_minute"] = 1.into();
    hasty["rate_limit_burst"] = 1.into();
    let mut poor = client("poor");
    poor["daily_budget_usd"] = "0.0001".into();
    let keys = json!({"clients": [client("reader"), client("web"), hasty, poor]}).to_string();
    Service::start(
        folder,
        &[
            (
                "LLM_MODELS",
                &format!("bedrock:{FIRST_MODEL},bedrock:{SECOND_MODEL}"),
            ),
            ("CLASSIFIER_MODEL", "offline"),
            ("MODELS_FILE", models_file.to_str().unwrap()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &fake.endpoint()),
            ("AUTH_MODE", "api_key"),
            ("API_KEYS", &keys),
            // Not used with keys, which the start warns of.
            ("JWT_ISSUER", "https://issuer.example"),
            ("MAX_INPUT_TOKENS", "60"),
            ("RATE_LIMIT_PER_MINUTE", "100000"),
        ],
    )
    .await
}

async fn play_faults(fake: &FakeBedrock, service: &Service) {
    for (id, faults, status) in [
        ("throttled", vec![Fault::Throttle], 200),
        (REQUEST, vec![Fault::Garbage], 200),
        // Billed, and tells nothing about its tokens.
        ("broken-off", vec![Fault::ModelError], 200),
        ("fallback", vec![Fault::Denied], 200),
        ("denied", vec![Fault::Denied, Fault::Denied], 503),
        ("nonsense", vec![Fault::Garbage; 4], 502),
    ] {
        // Both models answer in their own time: the script is for the calls that write.
        let steps = faults.into_iter().map(|fault| Step {
            fault: Some(fault),
            purpose: None,
        });
        fake.set_script(Script {
            steps: steps.collect(),
            ..Script::default()
        });
        assert_eq!(service.post(PLAN, id, Some("web")).await, status, "{id}");
    }
    fake.set_script(Script::default());
}

async fn play_refusals(service: &Service) {
    for (id, status) in [("hasty-0", 200), ("hasty-1", 429), ("hasty-2", 429)] {
        assert_eq!(service.post(ESTIMATE, id, Some("hasty")).await, status);
    }
    for (id, key) in [
        ("guess-0", Some("guess")),
        ("guess-1", Some("another")),
        ("nobody", None),
    ] {
        assert_eq!(service.post(PLAN, id, key).await, 401);
    }
    assert_eq!(service.post(PLAN, "poor", Some("poor")).await, 429);
    let mut long = body("long");
    long["context"] = "word ".repeat(100).into();
    let status = service.post_body(PLAN, "long", Some("web"), &long).await;
    assert_eq!(status, 413);
    let invalid = json!({"goal": "no"});
    let status = service
        .post_body(PLAN, "invalid", Some("web"), &invalid)
        .await;
    assert_eq!(status, 422);
    assert_eq!(service.get("/nothing-here").await, 404);
}
