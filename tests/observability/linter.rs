//! The rules of Grafana's dashboard-linter, and what else a dashboard of ours needs. `.lint` beside the dashboards has the exceptions,
//! in the linter's own format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::dashboards::{self, Dashboard, items, text};
use crate::promql::selectors;

/// The types of panels that the linter looks into.
const CHECKED: [&str; 4] = ["stat", "gauge", "table", "timeseries"];
/// The units that our panels use, out of Grafana's list.
const UNITS: [&str; 13] = [
    "short",
    "percentunit",
    "currencyUSD",
    "bytes",
    "s",
    "d",
    "dtdurations",
    "reqps",
    "rps",
    "wps",
    "ops",
    "cps",
    "none",
];

/// A broken rule: its name, the panel, and what is wrong.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    rule: &'static str,
    panel: String,
    wrong: String,
}

fn finding(rule: &'static str, panel: &str, wrong: impl Into<String>) -> Finding {
    Finding {
        rule,
        panel: panel.to_owned(),
        wrong: wrong.into(),
    }
}

/// Checks a dashboard by all rules.
fn check(dashboard: &Dashboard) -> Vec<Finding> {
    let mut found = Vec::new();
    if dashboard.json["editable"] != false {
        found.push(finding("uneditable-dashboard", "", "it can be edited"));
    }
    check_variables(dashboard, &mut found);
    for panel in dashboard.panels() {
        check_panel(panel, &mut found);
        for target in items(&panel["targets"]) {
            check_target(text(panel, "title"), text(target, "expr"), &mut found);
        }
    }
    found
}

fn check_variables(dashboard: &Dashboard, found: &mut Vec<Finding>) {
    let source = dashboard.variable("datasource");
    if source["type"] != "datasource"
        || source["query"] != "prometheus"
        || source["label"] != "Data source"
    {
        found.push(finding("template-datasource-rule", "", source.to_string()));
    }
    for (rule, name, label) in [
        ("template-job-rule", "job", "Job"),
        ("template-instance-rule", "instance", "Instance"),
    ] {
        let variable = dashboard.variable(name);
        let keeps = variable["type"] == "query"
            && variable["datasource"]["uid"] == "${datasource}"
            && variable["label"] == label
            && variable["multi"] == true
            && variable["allValue"] == ".+";
        if !keeps {
            found.push(finding(rule, "", variable.to_string()));
        }
    }
    for variable in dashboard
        .variables()
        .filter(|variable| variable["type"] == "query")
    {
        let name = text(variable, "name");
        if variable["refresh"] != 2 {
            found.push(finding("template-on-time-change-reload-rule", "", name));
        }
        if !text(variable, "query").starts_with("label_values(") {
            found.push(finding("template-label-promql-rule", "", name));
        }
    }
}

fn check_panel(panel: &Value, found: &mut Vec<Finding>) {
    let title = text(panel, "title");
    if title.is_empty() || text(panel, "description").is_empty() {
        found.push(finding(
            "panel-title-description-rule",
            title,
            "no title or no description",
        ));
    }
    if !CHECKED.contains(&text(panel, "type")) {
        return;
    }
    if panel["datasource"]["uid"] != "${datasource}" {
        found.push(finding(
            "panel-datasource-rule",
            title,
            panel["datasource"].to_string(),
        ));
    }
    let unit = text(&panel["fieldConfig"]["defaults"], "unit");
    if !UNITS.contains(&unit) {
        found.push(finding("panel-units-rule", title, unit));
    }
    if items(&panel["targets"]).next().is_none() {
        found.push(finding("panel-no-targets-rule", title, "no targets"));
    }
}

/// Whether the expression is PromQL at all is seen where it is evaluated.
fn check_target(title: &str, expression: &str, found: &mut Vec<Finding>) {
    if expression.is_empty() {
        found.push(finding("target-promql-rule", title, "no expression"));
    }
    for selector in selectors(expression) {
        let mut broken = |rule| found.push(finding(rule, title, selector.instant()));
        if !selector.has(r#"job=~"$job""#) {
            broken("target-job-rule");
        }
        if !selector.has(r#"instance=~"$instance""#) {
            broken("target-instance-rule");
        }
        let function = selector.function.as_deref().unwrap_or_default();
        if ["rate", "irate"].contains(&function)
            && selector.range.as_deref() != Some("$__rate_interval")
        {
            broken("target-rate-interval-rule");
        }
        if selector.metric.ends_with("_total") && !["rate", "irate", "increase"].contains(&function)
        {
            broken("target-counter-agg-rule");
        }
    }
}

/// Reads the exceptions: dashboard, panel and rule.
fn exceptions() -> BTreeSet<(String, String, String)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/deploy/grafana/dashboards/.lint"
    );
    let file: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rules = file["exclusions"].as_object().unwrap();
    rules
        .iter()
        .flat_map(|(rule, excluded)| {
            assert!(!text(excluded, "reason").is_empty(), "{rule} has no reason");
            items(&excluded["entries"]).map(|entry| {
                (
                    text(entry, "dashboard").to_owned(),
                    text(entry, "panel").to_owned(),
                    rule.clone(),
                )
            })
        })
        .collect()
}

#[test]
fn the_dashboards_keep_the_rules_of_the_linter() {
    let mut unused = exceptions();

    let mut wrong = Vec::new();
    for dashboard in dashboards::all() {
        for found in check(&dashboard) {
            let excepted = (
                dashboard.title().to_owned(),
                found.panel.clone(),
                found.rule.to_owned(),
            );
            if !unused.contains(&excepted) {
                wrong.push(format!("{}: {found:?}", dashboard.file));
            }
        }
        let found: BTreeSet<_> = check(&dashboard)
            .into_iter()
            .map(|found| {
                (
                    dashboard.title().to_owned(),
                    found.panel,
                    found.rule.to_owned(),
                )
            })
            .collect();
        unused.retain(|exception| exception.0 != dashboard.title() || !found.contains(exception));
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        unused.is_empty(),
        "exceptions that nothing needs: {unused:?}"
    );
}

#[test]
fn all_jobs_are_the_one_that_the_rules_read() {
    for dashboard in dashboards::all() {
        let job = dashboard.variable("job");
        assert_eq!(job["allValue"], "goal-router", "{}", dashboard.file);

        // The linter's exception is for this value, and for nothing else of the variable.
        let mut corrected = dashboard;
        for variable in corrected.json["templating"]["list"].as_array_mut().unwrap() {
            if variable["name"] == "job" {
                variable["allValue"] = ".+".into();
            }
        }
        let found = check(&corrected);
        assert!(
            found.iter().all(|found| found.rule != "template-job-rule"),
            "{}: {found:?}",
            corrected.file
        );
    }
}

#[test]
fn a_dashboard_that_breaks_every_rule_is_found_out() {
    let broken = Dashboard {
        file: "broken.json".to_owned(),
        json: serde_json::json!({
            "title": "Broken",
            "templating": {"list": [{"type": "query", "name": "x", "query": "metrics(a)", "refresh": 1}]},
            "panels": [
                {"type": "stat", "title": "No text"},
                {"type": "timeseries", "title": "Bad", "description": "x", "datasource": {"uid": "mine"}, "targets": [
                    {"expr": ""}, {"expr": "rate(a_total[5m]) + b_total"}
                ]},
            ]
        }),
    };

    let rules: BTreeSet<_> = check(&broken).into_iter().map(|found| found.rule).collect();

    assert_eq!(
        rules.into_iter().collect::<Vec<_>>(),
        [
            "panel-datasource-rule",
            "panel-no-targets-rule",
            "panel-title-description-rule",
            "panel-units-rule",
            "target-counter-agg-rule",
            "target-instance-rule",
            "target-job-rule",
            "target-promql-rule",
            "target-rate-interval-rule",
            "template-datasource-rule",
            "template-instance-rule",
            "template-job-rule",
            "template-label-promql-rule",
            "template-on-time-change-reload-rule",
            "uneditable-dashboard",
        ]
    );
}

#[test]
fn every_panel_says_what_it_shows_what_good_looks_like_and_what_to_do() {
    for dashboard in dashboards::all() {
        for panel in dashboard.panels().filter(|panel| panel["type"] != "text") {
            let description = text(panel, "description");
            for part in ["\n\n**Good:** ", "\n\n**Do:** "] {
                assert!(
                    description.contains(part),
                    "{}: {}: no{part}",
                    dashboard.file,
                    text(panel, "title")
                );
            }
            // What a panel shows where there is nothing to show.
            let no_value = text(&panel["fieldConfig"]["defaults"], "noValue");
            assert!(
                !no_value.is_empty(),
                "{}: {}: no noValue",
                dashboard.file,
                text(panel, "title")
            );
        }
    }
}

#[test]
fn dashboards_are_classic_have_stable_ids_and_do_not_overlap() {
    let expected = BTreeMap::from([
        ("cost.json", "goal-router-cost"),
        ("ledger.json", "goal-router-ledger"),
        ("models.json", "goal-router-models"),
        ("overview.json", "goal-router-overview"),
    ]);
    let all = dashboards::all();
    let found: BTreeMap<_, _> = all
        .iter()
        .map(|dashboard| (dashboard.file.as_str(), text(&dashboard.json, "uid")))
        .collect();
    assert_eq!(found, expected);
    for dashboard in &all {
        assert_eq!(dashboard.json["schemaVersion"], 41, "{}", dashboard.file);
        let mut ids = BTreeSet::new();
        let mut cells = BTreeSet::new();
        for panel in items(&dashboard.json["panels"]) {
            assert!(
                ids.insert(panel["id"].as_u64().unwrap()),
                "{}: {}",
                dashboard.file,
                panel["id"]
            );
            let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
            assert!(
                side("x") + side("w") <= 24,
                "{}: {}",
                dashboard.file,
                panel["title"]
            );
            for x in side("x")..side("x") + side("w") {
                for y in side("y")..side("y") + side("h") {
                    assert!(
                        cells.insert((x, y)),
                        "{}: {} overlaps",
                        dashboard.file,
                        panel["title"]
                    );
                }
            }
        }
    }
}

#[test]
fn each_dashboard_links_to_the_others_to_traces_and_to_logs() {
    for dashboard in dashboards::all() {
        let links: BTreeMap<_, _> = items(&dashboard.json["links"])
            .map(|link| (text(link, "title"), link))
            .collect();
        assert_eq!(
            links["Dashboards"]["tags"], dashboard.json["tags"],
            "{}",
            dashboard.file
        );
        assert!(
            links["Logs on AWS"]["url"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
        let traces = text(links["Traces"], "url");
        // Grafana puts the times into the link.
        let query = traces.replace("${__from}", "1").replace("${__to}", "2");
        let panes = url::Url::parse("http://localhost")
            .unwrap()
            .join(&query)
            .unwrap();
        let panes = panes
            .query_pairs()
            .find(|(name, _)| name == "panes")
            .unwrap()
            .1
            .into_owned();
        let panes: Value = serde_json::from_str(&panes).unwrap();
        assert_eq!(panes["traces"]["datasource"], "jaeger");
        assert_eq!(panes["traces"]["queries"][0]["service"], "goal-router");
    }
}
