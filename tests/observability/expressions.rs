//! Every expression of every panel, variable, rule and alert is asked of a real Prometheus that has scraped the real service.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::dashboards;
use crate::prometheus::{Prometheus, Sample};
use crate::promql::{metrics, selectors};
use crate::rules;
use crate::service::{Service, api_keys};
use crate::traffic;

/// Long enough to span the whole test.
const WINDOW: &str = "2m";
/// A model that refuses the form of output that its entry names, so that it is moved one step down.
const MODELS_FILE: &str = r#"
[[models]]
provider = "bedrock"
id = "global.anthropic.claude-haiku-5-5"
priced_on = "2026-10-24"
source = "a test"
answer_by = "json-schema"
temperature = false
thinking_tokens = 0
rates = { input = "0.10", output = "0.50", cache_write = "0.125", cache_read = "0.01" }
"#;
/// What panels say that have data as soon as the service is scraped.
const NOT_SCRAPED: &str = "not scraped yet";
/// Metrics that no panel and no rule reads, each with the reason.
const UNREAD: [(&str, &str); 1] = [(
    "process_virtual_memory_bytes",
    "address space is no memory; the resident part is on a panel",
)];

/// What cannot be asked, or has no answer.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    /// Asks an expression; it must have at least one value that is a number.
    async fn ask(&mut self, prometheus: &Prometheus, place: &str, expression: &str) {
        match prometheus.query(expression).await {
            Ok(samples) if samples.iter().any(|sample: &Sample| !sample.value.is_nan()) => {}
            Ok(samples) if samples.is_empty() => {
                self.0.push(format!("{place}: nothing: {expression}"));
            }
            Ok(_) => self.0.push(format!("{place}: not a number: {expression}")),
            Err(error) => self.0.push(format!("{place}: {error}: {expression}")),
        }
    }

    /// Asks each selector of an expression: `or vector(0)` must not hide a series that does not exist.
    async fn ask_selectors(&mut self, prometheus: &Prometheus, place: &str, expression: &str) {
        for selector in selectors(expression) {
            self.ask(prometheus, place, &selector.instant()).await;
        }
    }

    fn none(self) {
        assert!(
            self.0.is_empty(),
            "{} failures:\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_expression_returns_data_after_mixed_traffic() {
    let models_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(models_file.path(), MODELS_FILE).unwrap();
    let busy = Service::start(&[
        ("AUTH_MODE", "api_key"),
        ("API_KEYS", &api_keys()),
        ("PLAN_CACHE_TTL_SECONDS", "60"),
    ])
    .await;
    let poor = Service::start(&[
        ("LLM_MODELS", "bedrock:global.anthropic.claude-haiku-5-5"),
        ("MODELS_FILE", models_file.path().to_str().unwrap()),
        // So much that the worst case of a plan is a small part of it, and four fifths can be spent.
        ("DAILY_BUDGET_USD", "0.05"),
        ("OUTAGE_ALLOWANCE_USD", "1"),
        // So the model is asked for each category.
        ("CLASSIFIER_CONFIDENCE_THRESHOLD", "1"),
    ])
    .await;
    let prometheus = Prometheus::start(&[&busy.management, &poor.management]).await;
    // Counters are there before the first event, so that their first increase is seen.
    prometheus
        .wait_for(r#"count(count_over_time(up{job="goal-router"}[1m]) >= 2) == 2"#)
        .await;

    let mut failures = Failures::default();
    ask_before_any_request(&prometheus, &mut failures).await;

    traffic::play(&busy).await;
    traffic::spend_the_budget(&poor).await;
    for severity in ["=", "!="] {
        prometheus
            .wait_for(&format!(
                r#"ALERTS{{alertstate="firing",severity{severity}"info"}}"#
            ))
            .await;
    }
    // The alerts and the recorded series follow a scrape, and each takes a second.
    tokio::time::sleep(Duration::from_secs(4)).await;

    let scraped = [busy.scrape().await, poor.scrape().await];
    ask_dashboards(&prometheus, &mut failures).await;
    let ours = [busy.management.as_str(), poor.management.as_str()];
    no_panel_shows_strangers(&prometheus, &ours, &mut failures).await;
    ask_rules(&prometheus, &mut failures).await;
    for scrape in &scraped {
        promtool_finds_nothing_wrong(scrape);
    }
    check_that_everything_is_read(&scraped);
    failures.none();
}

/// Asks the panels before anybody has sent a request. One that then has nothing to show must say so; "not scraped yet" would be a lie.
async fn ask_before_any_request(prometheus: &Prometheus, failures: &mut Failures) {
    for dashboard in dashboards::all() {
        for panel in dashboard.panels() {
            let no_value = dashboards::text(&panel["fieldConfig"]["defaults"], "noValue");
            if no_value != NOT_SCRAPED {
                continue;
            }
            for target in dashboards::items(&panel["targets"]) {
                let place = format!("idle: {}", dashboards::text(panel, "title"));
                let expression = dashboard.fill_in(dashboards::text(target, "expr"), WINDOW);
                failures.ask(prometheus, &place, &expression).await;
            }
        }
    }
}

async fn ask_dashboards(prometheus: &Prometheus, failures: &mut Failures) {
    let mut asked = 0;
    for dashboard in dashboards::all() {
        for query in dashboard.queries() {
            let expression = dashboard.fill_in(&query.expression, WINDOW);
            failures.ask(prometheus, &query.place, &expression).await;
            failures
                .ask_selectors(prometheus, &query.place, &expression)
                .await;
            asked += 1;
        }
        for (label, selector) in dashboard.label_values() {
            let expression = format!(
                "count by ({label}) ({})",
                dashboard.fill_in(&selector, WINDOW)
            );
            let samples = prometheus.query(&expression).await.unwrap();
            let has_values = samples
                .iter()
                .any(|sample| sample.labels.contains_key(&label));
            assert!(has_values, "{}: {label}: {expression}", dashboard.file);
            asked += 1;
        }
    }
    assert!(asked > 120, "{asked}");
}

/// Checks that no panel shows targets of another job, of which one is down, and that *Targets down* says so if it has no target.
async fn no_panel_shows_strangers(prometheus: &Prometheus, ours: &[&str], failures: &mut Failures) {
    let strangers = prometheus.query(r#"up{job="strangers"}"#).await.unwrap();
    assert_eq!(strangers.len(), 2, "{strangers:?}");
    for dashboard in dashboards::all() {
        for query in dashboard.queries() {
            let expression = dashboard.fill_in(&query.expression, WINDOW);
            for sample in prometheus.query(&expression).await.unwrap() {
                let (job, instance) = (sample.labels.get("job"), sample.labels.get("instance"));
                if job.is_some_and(|job| job != "goal-router")
                    || instance.is_some_and(|instance| !ours.contains(&instance.as_str()))
                {
                    failures.0.push(format!("{}: {sample:?}", query.place));
                }
            }
        }
    }
    let boards = dashboards::all();
    let overview = boards.iter().find(|board| board.file == "overview.json");
    let overview = overview.unwrap();
    let panel = overview
        .panels()
        .find(|panel| dashboards::text(panel, "title") == "Targets down")
        .unwrap();
    let expression = dashboards::text(&panel["targets"][0], "expr");
    let down = prometheus
        .query(&overview.fill_in(expression, WINDOW))
        .await
        .unwrap();
    assert_eq!(down.len(), 1, "{down:?}");
    assert!(down[0].value.abs() < f64::EPSILON, "{down:?}");
    // Chosen by hand, the other job shows its own.
    let of_strangers = expression.replace("$job", "strangers");
    let of_strangers = prometheus
        .query(&overview.fill_in(&of_strangers, WINDOW))
        .await
        .unwrap();
    assert!((of_strangers[0].value - 1.0).abs() < f64::EPSILON);
    let of_nobody = expression.replace("$job", "nobody");
    let of_nobody = overview.fill_in(&of_nobody, WINDOW);
    assert!(prometheus.query(&of_nobody).await.unwrap().is_empty());
    assert_eq!(panel["fieldConfig"]["defaults"]["noValue"], NOT_SCRAPED);
}

async fn ask_rules(prometheus: &Prometheus, failures: &mut Failures) {
    for rule in rules::all() {
        failures
            .ask_selectors(prometheus, &rule.name, &rule.expression)
            .await;
        if rule.is_alert {
            // It is rightly empty in health; its unit test proves that it fires. Here it must be understood.
            if let Err(error) = prometheus.query(&rule.expression).await {
                failures.0.push(format!("{}: {error}", rule.name));
            }
        } else {
            failures.ask(prometheus, &rule.name, &rule.expression).await;
            let labels = rule.labels.as_object().into_iter().flatten();
            let labels: Vec<_> = labels
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let recorded = format!("{}{{{}}}", rule.name, labels.join(","));
            failures.ask(prometheus, "recorded", &recorded).await;
        }
    }
}

/// Checks that each metric of a scrape is on a dashboard, or in a rule, or has a reason not to be.
fn check_that_everything_is_read(scrapes: &[String]) {
    let boards = dashboards::all();
    let of_boards = boards.iter().flat_map(dashboards::Dashboard::queries);
    let expressions = of_boards
        .map(|query| query.expression)
        .chain(rules::all().into_iter().map(|rule| rule.expression));
    let read: BTreeSet<String> = expressions
        .flat_map(|expression| metrics(&expression))
        .collect();
    let exposed: BTreeMap<&str, &str> = scrapes
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .collect();
    assert!(exposed.len() > 50, "{}", exposed.len());

    let unread: BTreeSet<_> = exposed
        .iter()
        .filter(|(name, kind)| {
            let suffixes: &[&str] = if **kind == "histogram" {
                &["_bucket", "_sum", "_count"]
            } else {
                &[""]
            };
            !suffixes
                .iter()
                .any(|suffix| read.contains(&format!("{name}{suffix}")))
        })
        .map(|(name, _)| *name)
        .collect();

    let known: BTreeSet<_> = UNREAD.iter().map(|(name, _)| *name).collect();
    assert_eq!(unread, known);
}

fn promtool_finds_nothing_wrong(scrape: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: run `make prometheus`");
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(scrape.as_bytes())
        .unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
}
