//! Proofs that a collector which refuses, never answers or is gone costs spans and no request.

use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;

use super::collector::{Behaviour, Collector};
use super::support::{Process, Tables};

const REQUESTS: u32 = 150;

/// Starts a process with the offline planner, whose requests take milliseconds, and a small queue of spans.
async fn start(endpoint: &str, tables: &Tables, folder: &tempfile::TempDir) -> Process {
    let fake = FakeBedrock::start().unwrap();
    let variables = [
        ("LLM_MODELS", "offline"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "400"),
        ("OTEL_BSP_SCHEDULE_DELAY", "20"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "64"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16"),
    ];
    Process::start(&fake, &tables.endpoint, folder.path(), &variables).await
}

/// Makes requests one after the other, and returns the median of their times.
async fn median(process: &Process, prefix: &str) -> Duration {
    let mut times = Vec::new();
    for index in 0..REQUESTS {
        let started = Instant::now();
        let response = process.request_plan(&format!("{prefix}-{index}")).await;
        assert_eq!(response.unwrap().status(), 200);
        times.push(started.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

struct Counts {
    offered: f64,
    exported: f64,
    failed: f64,
    dropped: f64,
}

/// Returns the counts once nothing waits any more.
async fn settled_counts(process: &Process) -> Counts {
    let outcome = |name: &str| format!("goal_router_spans_total{{outcome=\"{name}\"}}");
    for _ in 0..600 {
        let scrape = process.metrics().await;
        let value = |series: &str| -> f64 {
            let line = scrape.lines().find_map(|line| line.strip_prefix(series));
            line.unwrap().trim().parse().unwrap()
        };
        let counts = Counts {
            offered: value("goal_router_spans_offered_total"),
            exported: value(&outcome("exported")),
            failed: value(&outcome("failed")),
            dropped: value(&outcome("dropped")),
        };
        let sum = counts.exported + counts.failed + counts.dropped;
        assert!(sum <= counts.offered);
        if counts.offered > 0.0 && (sum - counts.offered).abs() < 0.5 {
            return counts;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("spans are missing: {}", process.metrics().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_refuses_or_never_answers_costs_no_request_and_every_span_is_counted() {
    let (tables, folder) = (Tables::new().await, tempfile::tempdir().unwrap());
    let collector = Collector::start().await;
    let mut process = start(&collector.grpc, &tables, &folder).await;
    let healthy = median(&process, "healthy").await;
    let counts = settled_counts(&process).await;
    assert!(counts.exported > 0.0 && counts.failed < 0.5);
    let received = u32::try_from(collector.spans().len()).unwrap();
    assert!(f64::from(received) >= counts.exported);

    for (behaviour, name) in [
        (Behaviour::Refuses, "refusing"),
        (Behaviour::NeverAnswers, "silent"),
    ] {
        collector.set(behaviour);
        let before = settled_counts(&process).await;
        let ill = median(&process, name).await;
        eprintln!("median request: {healthy:?} beside a collector, {ill:?} beside a {name} one");
        // A blocking export would cost its timeout. The machine of a test is busy, so this is not the place to measure more closely.
        assert!(
            ill < healthy + Duration::from_millis(20),
            "{healthy:?} {ill:?}"
        );
        let after = settled_counts(&process).await;
        assert!(after.failed > before.failed, "{name}");
        // More requests than the queue has room for meet a collector that takes its time.
        assert!(
            name == "refusing" || after.dropped > before.dropped,
            "{name}"
        );
        assert!((after.exported - before.exported).abs() < 0.5, "{name}");
    }
    let log = std::fs::read_to_string(&process.log).unwrap();
    assert_eq!(
        log.matches("\"error_type\":\"trace_export\"").count(),
        1,
        "logged once"
    );

    collector.set(Behaviour::Accepts);
    let response = process.request_plan("again").await.unwrap();
    assert_eq!(response.status(), 200);
    collector.trace("again", |_| true).await;

    // A silent collector does not hold up the end of the process for longer than the flush may take.
    collector.set(Behaviour::NeverAnswers);
    process.request_plan("last").await.unwrap();
    let started = Instant::now();
    process.terminate();
    assert_eq!(process.wait().await, Some(0));
    assert!(
        started.elapsed() < Duration::from_secs(9),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_costs_no_request() {
    let (tables, folder) = (Tables::new().await, tempfile::tempdir().unwrap());
    let process = start("http://127.0.0.1:9", &tables, &folder).await;
    let gone = median(&process, "gone").await;
    assert!(gone < Duration::from_millis(100), "{gone:?}");
    let counts = settled_counts(&process).await;
    assert!(counts.exported < 0.5 && counts.failed > 0.0);
}

#[test]
fn an_endpoint_that_cannot_be_used_stops_the_start_by_name() {
    let run = |endpoint: &'static str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_goal-router"))
            .env_clear()
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .output()
    };
    for endpoint in ["collector:4317", "ftp://collector", "http://"] {
        let output = run(endpoint).unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(error.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{error}");
    }
}
