use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::llm::{ModelName, Purpose};
use crate::money::{Money, Tokens};
use crate::request_context::{PlanningSummary, RequestContext, RequestOutcome};
use crate::telemetry::events::{self, Startup};
use planning::category::Category;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[derive(Clone)]
struct FixedTime;

impl FormatTime for FixedTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "14:03:07.120Z")
    }
}

/// Returns what is written while `work` logs.
fn written(ansi: bool, detailed: bool, work: impl FnOnce()) -> String {
    let captured = Captured::default();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(captured.clone())
        .with_ansi(ansi)
        .event_format(PrettyFormat {
            time: FixedTime,
            detailed,
        });
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    let bytes = captured.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn context(request_id: &str) -> RequestContext {
    RequestContext {
        request_id: request_id.to_owned(),
        trace_id: "0".repeat(32),
        client_id: "key:web".to_owned(),
        daily_budget: None,
        outcome: RequestOutcome::default(),
    }
}

const ROUTE: &str = "/api/v1/generate-plan";

fn log_a_plan() {
    let context = context("0193589e-2d4b-7c3a-9f10-6b2f0f6b7c11");
    events::request_received(&context, "POST", ROUTE);
    let took = Duration::from_micros(40);
    events::classification(&context, Category::Fitness, "local", 0.9, took);
    let model: ModelName = "bedrock:eu.haiku".parse().unwrap();
    let cost = Money::from_nano_usd(4_200_000);
    events::llm_call(
        &context,
        Category::Fitness,
        &model,
        Purpose::Plan,
        Tokens::default(),
        cost,
        Duration::from_millis(1200),
        "finished",
        true,
    );
    let summary = PlanningSummary {
        category: Some(Category::Fitness),
        model: model.to_string(),
        cost,
        llm_calls: 1,
    };
    context.outcome.planning.set(summary).unwrap();
    let took = Duration::from_millis(1240);
    events::request_completed(&context, "POST", ROUTE, 200, took);
}

#[test]
fn a_request_is_one_line() {
    assert_eq!(
        written(false, false, log_a_plan),
        "14:03:07.120Z INFO  POST /api/v1/generate-plan 200   1.24 s  fitness  bedrock:eu.haiku  $0.0042  …0f6b7c11\n"
    );
}

#[test]
fn with_details_every_event_is_a_line() {
    let lines = written(false, true, log_a_plan);
    assert_eq!(lines.lines().count(), 4, "{lines}");
    assert_eq!(
        lines.lines().nth(1).unwrap(),
        "14:03:07.120Z INFO  classified as fitness  client_id=key:web  category=fitness  source=local  confidence=0.9  latency_ms=0.04  …0f6b7c11"
    );
}

#[test]
fn a_request_that_fails_tells_its_code_and_a_warning_tells_why() {
    let lines = written(false, false, || {
        let context = context("log-1");
        context.outcome.problem.set("rate_limited").unwrap();
        events::request_received(&context, "POST", ROUTE);
        events::rate_limited(&context, "default", 55);
        let took = Duration::from_micros(310);
        events::request_completed(&context, "POST", "/api/v1/estimate", 429, took);
        events::error(
            &context,
            "throttled",
            "status 429, code ThrottlingException",
        );
    });
    assert_eq!(
        lines,
        "14:03:07.120Z WARN  the client exceeded its rate limit  client_id=key:web  tier=default  retry_after=55  log-1\n\
         14:03:07.120Z INFO  POST /api/v1/estimate      429  0.31 ms  rate_limited  log-1\n\
         14:03:07.120Z ERROR throttled: status 429, code ThrottlingException  client_id=key:web  log-1\n"
    );
}

#[test]
fn the_start_is_told_in_words_and_what_is_to_be_copied_stands_alone() {
    let lines = written(false, false, || {
        events::application_startup(&Startup {
            mode: "fully local: offline planner",
            port: 8000,
            management_port: 9464,
            models: "offline",
            store: "embedded in data",
            auth_mode: "none",
            remote: "",
        });
        tracing::info!(r#"curl http://localhost:8000 -d '{{"goal": "Learn"}}'"#);
        tracing::info!(target: "hyper::client", "connected");
    });
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        lines,
        format!(
            "14:03:07.120Z INFO  goal-router listens on port 8000, fully local: offline planner  version={version}  management_port=9464  models=offline  store=\"embedded in data\"  auth_mode=none\n\
             curl http://localhost:8000 -d '{{\"goal\": \"Learn\"}}'\n\
             14:03:07.120Z INFO  hyper::client: connected\n"
        )
    );
}

#[test]
fn colours_are_for_terminals_and_cover_time_level_status_and_id() {
    let line = written(true, false, log_a_plan);
    assert_eq!(
        line,
        "\u{1b}[2m14:03:07.120Z\u{1b}[0m \u{1b}[32mINFO  \u{1b}[0mPOST /api/v1/generate-plan \u{1b}[32m200\u{1b}[0m   1.24 s  fitness  bedrock:eu.haiku  $0.0042  \u{1b}[2m…0f6b7c11\u{1b}[0m\n"
    );
    assert!(!written(false, true, log_a_plan).contains('\u{1b}'));
}

#[test]
fn a_text_of_a_client_cannot_control_the_terminal() {
    let lines = written(true, false, || {
        let mut context = context("one");
        context.client_id = "jwt:\u{1b}[2Jx\nERROR forged".to_owned();
        events::rate_limited(&context, "default", 1);
    });
    assert_eq!(lines.lines().count(), 1);
    assert!(
        lines.contains(r#""jwt:\u{1b}[2Jx\nERROR forged""#) && !lines.contains("\u{1b}[2J"),
        "{lines:?}"
    );
}
