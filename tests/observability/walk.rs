//! The walk of docs/operations.md, from a fault to its cause by dashboards alone: a model fails, and the panels' own queries tell which
//! one it is, how it fails, whom it hits and what it costs.
//!
//! `SOAK=1 cargo test --test observability walk -- --nocapture` plays it at full length and prints the numbers that the guide quotes.

use std::time::{Duration, Instant};

use fake_bedrock::script::{Fault, ModelScript, Rate, Script};
use serde_json::json;

use crate::dashboards::{self, Dashboard, items, text};
use crate::prometheus::{Prometheus, Sample};
use crate::service::{FIRST, SECOND, Service};

/// Time between two requests: four a second.
const PAUSE: Duration = Duration::from_millis(250);

/// Lengths of the healthy and of the faulty time, and the window of rates.
fn lengths() -> (Duration, Duration, &'static str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only variable that these tests read"
    )]
    let soak = std::env::var("SOAK").is_ok_and(|value| value == "1");
    if soak {
        (Duration::from_secs(90), Duration::from_mins(3), "1m")
    } else {
        // The window spans the fault: for ten seconds of it, an open breaker may spare the model all calls.
        (Duration::from_secs(8), Duration::from_secs(14), "15s")
    }
}

#[expect(clippy::print_stderr, reason = "the numbers of the guide")]
fn note(line: &str) {
    eprintln!("{line}");
}

/// The dashboards as somebody sees them who looks at a Prometheus.
struct Looker {
    prometheus: Prometheus,
    boards: Vec<Dashboard>,
    window: &'static str,
}

impl Looker {
    /// Returns what a panel's query shows now, the largest value first.
    async fn look(&self, file: &str, title: &str, query: &str) -> Vec<Sample> {
        let board = self.boards.iter().find(|board| board.file == file).unwrap();
        let mut panels = board.panels().filter(|panel| text(panel, "title") == title);
        let panel = panels.next().unwrap_or_else(|| panic!("no panel {title}"));
        let mut targets = items(&panel["targets"]).filter(|target| target["refId"] == query);
        let expression = text(targets.next().unwrap(), "expr");
        let expression = board.fill_in(expression, self.window);
        let mut samples = self.prometheus.query(&expression).await.unwrap();
        samples.sort_by(|a, b| b.value.total_cmp(&a.value));
        for sample in samples.iter().take(6) {
            let labels: Vec<_> = sample.labels.values().map(String::as_str).collect();
            let (labels, value) = (labels.join(" "), sample.value);
            note(&format!(
                "  {file} | {title} {query} | {labels} | {value:.5}"
            ));
        }
        samples
    }

    /// Returns the value of a model in a panel; 0 if it is not there.
    async fn of_model(&self, file: &str, title: &str, query: &str, model: &str) -> f64 {
        let samples = self.look(file, title, query).await;
        let of_model = samples
            .iter()
            .find(|sample| sample.labels["model"] == model);
        of_model.map_or(0.0, |sample| sample.value)
    }

    /// Returns the only value of a panel.
    async fn one(&self, file: &str, title: &str) -> f64 {
        let samples = self.look(file, title, "A").await;
        assert_eq!(samples.len(), 1, "{title}: {samples:?}");
        samples[0].value
    }
}

/// Sends four requests a second for this long; each is for a plan of its own.
async fn send(service: &Service, from: usize, length: Duration) -> usize {
    let goals = [
        "Learn to play the guitar",
        "Run a half marathon",
        "Learn Rust",
    ];
    let started = Instant::now();
    let mut sent = from;
    let mut answers = Vec::new();
    while started.elapsed() < length {
        let goal = goals[sent % goals.len()];
        let body = json!({"goal": goal, "context": format!("number {sent}"), "duration_weeks": 6});
        answers.push(tokio::spawn(service.plan(&body).send()));
        sent += 1;
        tokio::time::sleep(PAUSE).await;
    }
    for answer in answers {
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboards_alone_tell_which_model_fails_and_what_it_costs() {
    let (healthy, faulty, window) = lengths();
    let service = Service::start(&[]).await;
    let prometheus = Prometheus::start(&[&service.management]).await;
    prometheus
        .wait_for(r#"count_over_time(up{job="goal-router"}[1m]) >= 2"#)
        .await;
    let looker = Looker {
        prometheus,
        boards: dashboards::all(),
        window,
    };
    let normal = Script {
        latency_ms: 400,
        latency_spread: 0.3,
        ..Script::default()
    };
    service.models.set_script(normal.clone());
    let sent = send(&service, 0, healthy).await;
    note("healthy:");
    let cost_before = looker.one("overview.json", "Cost an hour").await;
    before_the_fault(&looker).await;
    let plan_before = looker
        .of_model("cost.json", "Cost of a plan by model", "A", FIRST)
        .await;
    let failed_before = looker
        .of_model("models.json", "Failed share by model", "A", FIRST)
        .await;
    assert!(failed_before.abs() < f64::EPSILON, "{failed_before}");

    // Four of five calls of the first model end without an answer, and are billed.
    service.models.set_script(Script {
        models: vec![ModelScript {
            model: FIRST.to_owned(),
            rates: vec![Rate {
                fault: Fault::ModelTimeout,
                share: 0.8,
            }],
            ..ModelScript::default()
        }],
        ..normal
    });
    send(&service, sent, faulty).await;
    note("with the fault:");

    users_still_get_their_plans(&looker).await;
    let cost = looker.one("overview.json", "Cost an hour").await;
    assert!(cost > 1.5 * cost_before, "{cost} {cost_before}");
    the_models_dashboard_names_the_model(&looker).await;
    the_cost_dashboard_says_what_it_costs(&looker, plan_before).await;
}

/// What the guide compares the fault with.
async fn before_the_fault(looker: &Looker) {
    for (file, title, query) in [
        ("overview.json", "Requests by status", "A"),
        ("overview.json", "Plans: p50, p95, p99", "B"),
        ("models.json", "Models", "A"),
        ("models.json", "Models", "D"),
        ("cost.json", "Cost of a plan", "A"),
        ("cost.json", "Wasted share", "A"),
        ("cost.json", "Projected end of the day", "A"),
        ("cost.json", "Projected end of the day", "B"),
        ("cost.json", "Budget lasts", "A"),
    ] {
        looker.look(file, title, query).await;
    }
}

/// Step 1: the errors are zero and the plans arrive; only the cost has changed.
async fn users_still_get_their_plans(looker: &Looker) {
    let available = looker.one("overview.json", "Availability").await;
    assert!((available - 1.0).abs() < f64::EPSILON, "{available}");
    let errors = looker
        .look("overview.json", "Errors of ours by code", "A")
        .await;
    assert!(
        errors
            .iter()
            .all(|sample| sample.value.abs() < f64::EPSILON)
    );
    looker
        .look("overview.json", "Requests by status", "A")
        .await;
    looker
        .look("overview.json", "Plans: p50, p95, p99", "B")
        .await;
    looker
        .look("overview.json", "Where the time goes: p95", "B")
        .await;
    looker.look("overview.json", "Alerts firing", "A").await;
}

/// Step 2: the line with the highest share of failed calls is the model.
async fn the_models_dashboard_names_the_model(looker: &Looker) {
    let failed = looker.look("models.json", "Models", "B").await;
    assert_eq!(failed[0].labels["model"], FIRST);
    assert!(failed[0].value > 0.5, "{failed:?}");
    let healthy = failed
        .iter()
        .find(|sample| sample.labels["model"] == SECOND)
        .unwrap();
    assert!(healthy.value.abs() < f64::EPSILON, "{failed:?}");
    for query in ["A", "C", "D", "E", "F", "G"] {
        looker.look("models.json", "Models", query).await;
    }
    let errors = looker.look("models.json", "Errors by outcome", "A").await;
    assert_eq!(errors[0].labels["model"], FIRST);
    assert_ne!(errors[0].labels["outcome"], "finished");
    let given_up = looker.look("models.json", "Fallbacks", "A").await;
    assert_eq!(given_up[0].labels["model"], FIRST);
    assert!(given_up[0].value > 0.0);
}

/// Step 3: what the fault costs: calls that buy nothing, and plans at the next model's price.
async fn the_cost_dashboard_says_what_it_costs(looker: &Looker, plan_before: f64) {
    let by_model = looker.look("cost.json", "Cost an hour by model", "A").await;
    assert_eq!(by_model.len(), 2, "{by_model:?}");
    assert!(
        by_model.iter().all(|sample| sample.value > 0.0),
        "{by_model:?}"
    );
    let wasted = looker.look("cost.json", "Waste by reason", "A").await;
    assert_eq!(wasted[0].labels["reason"], "retried", "{wasted:?}");
    assert!(wasted[0].value > 0.0);
    looker.one("cost.json", "Wasted share").await;
    let plan = looker
        .of_model("cost.json", "Cost of a plan by model", "A", SECOND)
        .await;
    assert!(plan > 2.0 * plan_before, "{plan} {plan_before}");
    looker.look("cost.json", "Cost of a plan", "A").await;
    for query in ["A", "B"] {
        looker
            .look("cost.json", "Projected end of the day", query)
            .await;
    }
    looker.one("cost.json", "Budget lasts").await;
    looker.look("cost.json", "Committed today", "A").await;
    looker
        .look("overview.json", "Plans not delivered, by category", "A")
        .await;
}
