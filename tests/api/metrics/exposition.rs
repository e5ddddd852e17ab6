//! What every series has in common, and that the documentation lists all of them.

use std::collections::BTreeSet;

use fake_bedrock::script::Script;

use super::{MODEL_ID, unique};
use crate::support::{TestApp, fake};

/// Returns the names of the metrics in a scrape, as its type lines have them.
fn names(scrape: &str) -> BTreeSet<&str> {
    let types = scrape
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split(' ').next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_series_has_a_type_and_a_help_text() {
    let model = fake(Script::default());
    let app = TestApp::with_model(&model, &[]).await;
    app.post_plan(&unique(0)).await;

    let scrape = app.metrics().await;

    let names = names(&scrape);
    for name in &names {
        let help = format!("# HELP {name} ");
        let help = scrape.lines().find_map(|line| line.strip_prefix(&help));
        assert!(help.is_some_and(|help| help.len() > 5), "{name}: {help:?}");
    }
    for line in scrape.lines().filter(|line| !line.starts_with('#')) {
        let series = line.split(['{', ' ']).next().unwrap();
        let of_histogram = ["_bucket", "_sum", "_count"].into_iter();
        let mut candidates = of_histogram.filter_map(|suffix| series.strip_suffix(suffix));
        assert!(
            names.contains(series) || candidates.any(|name| names.contains(name)),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_lists_exactly_the_metrics_of_a_scrape() {
    let model = fake(Script::default());
    let app = TestApp::with_model(&model, &[]).await;
    app.wait_for_at_least("goal_router_sweeps_total{outcome=\"ok\"}", 1.0)
        .await;
    let documentation = include_str!("../../../docs/operations.md");
    let section = documentation.split("\n## Metrics\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();

    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let metrics = rows.filter(|row| row.matches('|').count() == 4);
    let listed: Vec<&str> = metrics.map(|row| row.split('`').next().unwrap()).collect();

    let scrape = app.metrics().await;
    let documented: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(documented, names(&scrape));
    assert_eq!(documented.len(), listed.len(), "none is listed twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn series_whose_labels_are_known_are_there_before_anything_happens() {
    let model = fake(Script::default());
    let app = TestApp::with_model(&model, &[]).await;

    let scrape = app.metrics().await;

    let model = format!("model=\"{MODEL_ID}\"");
    for series in [
        "http_server_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/generate-plan\",status=\"503\"} 0",
        "goal_router_client_disconnects_total{phase=\"receiving\"} 0",
        "goal_router_probes_total{route=\"/health/ready\",status=\"503\"} 0",
        "goal_router_access_denied_total{reason=\"expired\"} 0",
        "goal_router_plans_total{category=\"unknown\",outcome=\"overloaded\"} 0",
        "goal_router_plan_repairs_total{kind=\"asked_again\"} 0",
        "goal_router_stage_duration_seconds_count{stage=\"settle\"} 0",
        "goal_router_wasted_cost_usd_total{reason=\"re_asked\"} 0",
        "goal_router_holds_total{outcome=\"contended\"} 0",
        "goal_router_ledger_writes_total{outcome=\"unavailable\"} 0",
        "goal_router_spool_replayed_rows_total{outcome=\"set_aside\"} 0",
        "goal_router_store_requests_duration_seconds_count{operation=\"write\",outcome=\"contended\"} 0",
        &format!("gen_ai_client_token_usage_total{{{model},type=\"cache_write\"}} 0"),
        &format!("goal_router_cost_usd_total{{{model}}} 0"),
        &format!("goal_router_plan_cost_usd_count{{category=\"fitness\",{model}}} 0"),
        &format!("goal_router_model_retries_total{{{model}}} 0"),
        &format!("goal_router_model_fallbacks_total{{{model}}} 0"),
        &format!("goal_router_output_mode_steps_total{{{model},to=\"text\"}} 0"),
        &format!("goal_router_breaker_state{{{model}}} 0"),
    ] {
        assert!(scrape.lines().any(|line| line == series), "{series}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runtime_and_the_process_are_measured() {
    let app = TestApp::start().await;

    for series in [
        "tokio_workers",
        "tokio_alive_tasks",
        "tokio_worker_parks_total",
        "tokio_worker_park_unparks_total",
        "tokio_worker_busy_seconds_total",
        "process_resident_memory_bytes",
    ] {
        let value = app.metric(series).await;
        assert!(value > 0.0, "{series} is {value}");
    }
    let before = app.metric("tokio_worker_parks_total").await;
    app.plan_for("Learn to play the accordion").await;
    assert!(app.metric("tokio_worker_parks_total").await > before);
}
