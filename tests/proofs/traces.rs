//! Proofs of traces: a real collector receives the spans of every kind of request.

use std::time::Duration;

use fake_bedrock::FakeBedrock;
use fake_bedrock::script::{Fault, Script};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::collector::{Collector, Span, Trace};
use super::support::{MODEL, Process, Tables};

const CANARY: &str = "Learn to carve a peregrine from walnut";
const PLAN: &str = "POST /api/v1/generate-plan";

/// A process that is traced, with its model, its tables and its collector.
struct Traced {
    fake: FakeBedrock,
    _tables: Tables,
    _folder: tempfile::TempDir,
    collector: Collector,
    process: Process,
}

impl Traced {
    async fn start(variables: &[(&str, &str)]) -> Self {
        let fake = FakeBedrock::start().unwrap();
        let tables = Tables::new().await;
        let folder = tempfile::tempdir().unwrap();
        let collector = Collector::start().await;
        let mut all = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.grpc.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ];
        all.extend_from_slice(variables);
        let process = Process::start(&fake, &tables.endpoint, folder.path(), &all).await;
        Self {
            fake,
            _tables: tables,
            _folder: folder,
            collector,
            process,
        }
    }

    /// Returns a request for a plan with this id.
    fn request(&self, id: &str) -> RequestBuilder {
        let url = format!("{}/api/v1/generate-plan", self.process.address);
        let body = json!({"goal": CANARY, "duration_weeks": 6, "hours_per_week": 4});
        let request = self.process.client.post(url).json(&body);
        request.header("X-Request-Id", id)
    }

    async fn plan(&self, id: &str) -> Response {
        self.request(id).send().await.unwrap()
    }

    /// Returns the trace of a request that settles.
    async fn trace(&self, id: &str) -> Trace {
        self.collector.trace(id, |trace| trace.has("settle")).await
    }

    /// Returns the log lines of a request.
    fn log_lines(&self, id: &str) -> Vec<Value> {
        let log = std::fs::read_to_string(&self.process.log).unwrap();
        let lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines
            .filter(|line: &Value| line["request_id"] == id)
            .collect()
    }
}

fn names<'a>(spans: &[&'a Span]) -> Vec<&'a str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

fn chat() -> String {
    format!("chat {}", MODEL.trim_start_matches("bedrock:"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_one_tree_of_spans_that_join_the_callers_trace() {
    let traced = Traced::start(&[
        ("CLIENT_DAILY_BUDGET_USD", "1"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
    ])
    .await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = traced.request("tree").header("traceparent", parent);
    let response = request.send().await.unwrap();
    let plan: Value = response.json().await.unwrap();

    let trace = traced.trace("tree").await;
    let server = &trace.server;
    assert_eq!(server.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(server.parent, "00f067aa0ba902b7");
    assert_eq!(server.name, PLAN);
    assert!(server.is_server && !server.is_error);
    assert_eq!(server.number("http.response.status_code"), Some(200.0));
    assert_eq!(server.text("http.route"), "/api/v1/generate-plan");
    assert_eq!(server.text("http.request.method"), "POST");
    assert_eq!(server.resource["service.name"], "goal-router");
    assert_eq!(server.resource["deployment.environment.name"], "test");

    let children = names(&trace.children(server));
    let chat = chat();
    assert_eq!(children, ["classify", "guard", &chat, "check", "settle"]);
    // The first plan of a process asks for a grant of allowance before its own row is held.
    for (step, round_trips) in [("guard", 2), ("settle", 1)] {
        let store = trace.children(trace.one(step));
        let transaction = "DynamoDB.TransactWriteItems";
        assert_eq!(names(&store), vec![transaction; round_trips], "{step}");
        assert_eq!(store[0].text("db.system.name"), "aws.dynamodb");
    }
    assert_call(trace.one(&chat), &plan);
    let classify = trace.one("classify");
    assert_eq!(classify.text("goal_router.category"), plan["category"]);
    for span in &trace.spans {
        assert!(
            span.start >= server.start && span.end <= server.end,
            "{span:?}"
        );
    }

    let lines = traced.log_lines("tree");
    assert!(lines.len() >= 4, "{lines:?}");
    for line in lines {
        assert_eq!(line["trace_id"], server.trace_id.as_str(), "{line}");
    }
    let all = format!("{:?}", traced.collector.spans());
    assert!(!all.contains("peregrine") && !all.contains("walnut"));
}

/// Asserts that the span of a call tells what the plan's own metadata tell.
fn assert_call(call: &Span, plan: &Value) {
    let used = &plan["metadata"]["tokens_used"];
    assert_eq!(
        call.number("gen_ai.usage.input_tokens"),
        used["input"].as_f64()
    );
    assert_eq!(
        call.number("gen_ai.usage.output_tokens"),
        used["output"].as_f64()
    );
    assert_eq!(
        call.number("goal_router.cost_usd"),
        plan["metadata"]["cost_usd"].as_f64()
    );
    assert_eq!(call.text("gen_ai.provider.name"), "aws.bedrock");
    assert_eq!(call.text("gen_ai.operation.name"), "chat");
    assert_eq!(
        call.attributes["gen_ai.response.finish_reasons"],
        json!(["finished"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_no_error_and_says_why() {
    let traced = Traced::start(&[("MAX_REQUEST_COST_USD", "0.000001")]).await;
    assert_eq!(traced.plan("refused").await.status(), 413);
    let trace = traced.trace("refused").await;
    assert!(!trace.server.is_error);
    assert_eq!(trace.server.text("error.type"), "request_too_expensive");
    let guard = trace.one("guard");
    assert!(!guard.is_error);
    assert_eq!(guard.text("goal_router.refused"), "request_too_expensive");
    assert!(!trace.has(&chat()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_and_every_model_has_a_span_of_its_own() {
    let second = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";
    let models = format!("{MODEL},{second}");
    let traced = Traced::start(&[("LLM_MODELS", &models)]).await;
    traced.fake.set_script(Script::faults([Fault::Throttle]));
    assert_eq!(traced.plan("retried").await.status(), 200);
    let trace = traced.trace("retried").await;
    let calls = trace.named(&chat());
    let attempts: Vec<_> = calls
        .iter()
        .map(|call| (call.number("goal_router.attempt"), call.is_error))
        .collect();
    assert_eq!(attempts, [(Some(1.0), true), (Some(2.0), false)]);
    assert_eq!(calls[0].text("error.type"), "throttled");
    assert!(!trace.server.is_error);

    let garbage = [Fault::Garbage, Fault::Garbage];
    traced.fake.set_script(Script::faults(garbage));
    assert_eq!(traced.plan("fallback").await.status(), 200);
    let trace = traced.trace("fallback").await;
    let second = format!("chat {}", second.trim_start_matches("bedrock:"));
    let steps = names(&trace.children(&trace.server));
    let (first, check) = (chat(), "check");
    assert_eq!(
        steps[2..],
        [
            first.as_str(),
            check,
            first.as_str(),
            check,
            second.as_str(),
            check,
            "settle"
        ]
    );
    assert_eq!(
        trace.named(check)[0].number("goal_router.violations"),
        Some(1.0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_is_an_error_with_its_code() {
    let traced = Traced::start(&[]).await;
    traced.fake.set_script(Script::always(Fault::Garbage));
    assert_eq!(traced.plan("failed").await.status(), 502);
    let trace = traced.trace("failed").await;
    assert!(trace.server.is_error);
    assert_eq!(trace.server.text("error.type"), "invalid_model_output");
    assert_eq!(trace.one("settle").text("goal_router.status"), "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_links_to_the_request_whose_call_it_shares() {
    let traced = Traced::start(&[]).await;
    traced.fake.set_script(Script::latency(700));
    let leader = tokio::spawn(traced.request("leader").send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(traced.plan("follower").await.status(), 200);
    assert_eq!(leader.await.unwrap().unwrap().status(), 200);
    let leader = traced.trace("leader").await;
    let follower = traced.trace("follower").await;
    assert_ne!(leader.server.trace_id, follower.server.trace_id);
    assert_eq!(follower.server.links, [leader.server.id.as_str()]);
    assert!(leader.has(&chat()) && !follower.has(&chat()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_has_its_store_call_and_no_model_call() {
    let traced = Traced::start(&[]).await;
    for id in ["first", "replay"] {
        let request = traced.request(id).header("Idempotency-Key", "k");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let first = traced.trace("first").await;
    assert!(first.has(&chat()));
    let claim = |trace: &Trace| trace.has("DynamoDB.PutItem");
    let replay = traced.collector.trace("replay", claim).await;
    let steps = names(&replay.children(&replay.server));
    assert_eq!(steps, ["DynamoDB.PutItem"]);
    // The record is there already: an answer that the service expects.
    let claim = replay.one("DynamoDB.PutItem");
    let code = claim.text("db.response.status_code");
    assert_eq!(
        (code, claim.is_error),
        ("ConditionalCheckFailedException", false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_span_of_a_client_that_left_ends_at_once_and_its_plan_goes_on() {
    let traced = Traced::start(&[]).await;
    traced.fake.set_script(Script::latency(900));
    let request = traced.request("gone").timeout(Duration::from_millis(250));
    request.send().await.unwrap_err();
    let trace = traced.trace("gone").await;
    assert_eq!(
        trace.server.number("http.response.status_code"),
        Some(499.0)
    );
    assert!(!trace.server.is_error);
    let settle = trace.one("settle");
    assert!(settle.end > trace.server.end + 300_000_000, "{trace:#?}");
    assert_eq!(settle.text("goal_router.status"), "settled");
    let lines = traced.log_lines("gone");
    let completed = lines
        .iter()
        .find(|line| line["event_type"] == "request_completed")
        .unwrap();
    assert_eq!(completed["status"], 499);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_load_balancer_of_aws_every_request_is_a_root_of_its_trace() {
    let traced = Traced::start(&[]).await;
    let header = (
        "X-Amzn-Trace-Id",
        "Root=1-67891233-abcdef012345678912345678",
    );
    let request = traced.request("balanced").header(header.0, header.1);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let trace = traced.trace("balanced").await;
    assert_eq!(trace.server.trace_id, "67891233abcdef012345678912345678");
    assert_eq!(trace.server.parent, "");
    assert_eq!(
        traced.log_lines("balanced")[0]["trace_id"],
        trace.server.trace_id.as_str()
    );

    // With the caller's own context beside it, as from another traced service.
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = traced.request("both").header(header.0, header.1);
    request.header("traceparent", parent).send().await.unwrap();
    let trace = traced.trace("both").await;
    assert_eq!(trace.server.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(trace.server.parent, "00f067aa0ba902b7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_caller_does_not_trace_has_no_spans_but_its_trace_id_in_the_log() {
    let traced = Traced::start(&[("RUST_LOG", "info")]).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    let request = traced.request("untraced").header("traceparent", parent);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(traced.plan("traced").await.status(), 200);
    traced.trace("traced").await;
    let spans = traced.collector.spans();
    let trace_id = "0af7651916cd43dd8448eb211c80319c";
    assert!(spans.iter().all(|span| span.trace_id != trace_id));
    assert_eq!(traced.log_lines("untraced")[0]["trace_id"], trace_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_of_the_log_does_not_filter_traces() {
    let traced = Traced::start(&[("RUST_LOG", "info,goal_router::planner=off")]).await;
    assert_eq!(traced.plan("quiet").await.status(), 200);
    let trace = traced.trace("quiet").await;
    assert!(trace.has("classify") && trace.has(&chat()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_clients_own_words_is_told_of_a_path_that_leads_nowhere() {
    let traced = Traced::start(&[]).await;
    let url = format!("{}/peregrine/walnut", traced.process.address);
    let request = traced
        .process
        .client
        .get(url)
        .header("X-Request-Id", "nowhere");
    assert_eq!(request.send().await.unwrap().status(), 404);
    let trace = traced.collector.trace("nowhere", |_| true).await;
    assert_eq!(trace.server.name, "GET");
    assert!(!trace.server.is_error);
    assert!(!format!("{trace:?}").contains("walnut"));
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_leave_by_every_standard_protocol() {
    for protocol in ["http/protobuf", "http/json"] {
        let fake = FakeBedrock::start().unwrap();
        let tables = Tables::new().await;
        let folder = tempfile::tempdir().unwrap();
        let collector = Collector::start().await;
        let mut process = Process::start(
            &fake,
            &tables.endpoint,
            folder.path(),
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.http.as_str()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ],
        )
        .await;
        assert_eq!(process.request_plan("by-http").await.unwrap().status(), 200);
        // The last spans leave when the process stops, long before their batch is due.
        process.terminate();
        assert_eq!(process.wait().await, Some(0));
        let trace = collector
            .trace("by-http", |trace| trace.has("settle"))
            .await;
        assert_eq!(trace.server.name, PLAN, "{protocol}");
    }
}
