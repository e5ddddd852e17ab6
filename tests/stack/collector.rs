//! The configurations of the collector. What a build of ADOT has is taken from the source of v0.50.0.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::files::{keys, strings, text, yaml};
use crate::live_metrics;

const ON_ECS: &str = "otel-collector.yaml";
const LOCAL: &str = "deploy/otel/local.yaml";

/// The components of ADOT v0.50.0, by section of the configuration. Names that upstream has given up are left out.
const ADOT: [(&str, &[&str]); 4] = [
    (
        "receivers",
        &[
            "awscontainerinsightreceiver",
            "awsecscontainermetrics",
            "awsxray",
            "file_log",
            "jaeger",
            "kafka",
            "otlp",
            "prometheus",
            "statsd",
            "zipkin",
        ],
    ),
    (
        "processors",
        &[
            "attributes",
            "batch",
            "cumulativetodelta",
            "deltatorate",
            "filter",
            "groupbytrace",
            "k8s_attributes",
            "memory_limiter",
            "metrics_transform",
            "metricsgeneration",
            "probabilistic_sampler",
            "resource",
            "resource_detection",
            "span",
            "tail_sampling",
        ],
    ),
    (
        "exporters",
        &[
            "awscloudwatchlogs",
            "awsemf",
            "awsxray",
            "debug",
            "file",
            "kafka",
            "load_balancing",
            "otlp_grpc",
            "otlp_http",
            "prometheus",
            "prometheus_remote_write",
        ],
    ),
    (
        "extensions",
        &[
            "awsproxy",
            "ecs_observer",
            "file_storage",
            "health_check",
            "pprof",
            "sigv4auth",
            "zpages",
        ],
    ),
];

/// CloudWatch's units that fit metrics of a service.
const UNITS: [&str; 3] = ["Seconds", "Bytes", "Count"];
/// The days that CloudWatch can keep a log.
const RETENTIONS: [u64; 8] = [1, 3, 5, 7, 14, 30, 60, 90];

/// A name without what tells two components of one type apart, as in `batch/traces`.
fn kind(name: &str) -> &str {
    name.split('/').next().unwrap()
}

fn pipelines(config: &Value) -> impl Iterator<Item = (&String, &Value)> {
    config["service"]["pipelines"].as_object().unwrap().iter()
}

/// A metric name of a declaration, which is a regular expression for exactly this name.
fn exact_name(selector: &str) -> &str {
    selector
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix("$$"))
        .filter(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
        .unwrap_or_else(|| panic!("`{selector}` is not `^name$$`"))
}

/// The metrics that CloudWatch gets, each with its sets of dimensions.
fn declared() -> BTreeMap<String, Vec<Vec<String>>> {
    let config = yaml(ON_ECS);
    let declarations = config["exporters"]["awsemf"]["metric_declarations"].as_array();
    let mut metrics = BTreeMap::new();
    for declaration in declarations.unwrap() {
        let dimensions: Vec<Vec<String>> =
            serde_json::from_value(declaration["dimensions"].clone()).unwrap();
        for selector in strings(&declaration["metric_name_selectors"]) {
            let name = exact_name(selector).to_owned();
            let before = metrics.insert(name, dimensions.clone());
            assert_eq!(before, None, "{selector} is declared twice");
        }
    }
    metrics
}

/// The metrics that the filter lets pass. Its patterns name them all, so that they can be listed.
fn passing_the_filter(config: &Value) -> BTreeSet<String> {
    let conditions = strings(&config["processors"]["filter"]["metric_conditions"]);
    let [condition] = conditions[..] else {
        panic!("{conditions:?}");
    };
    // A metric is dropped unless one of the alternatives is true.
    let alternatives = condition
        .strip_prefix("not (")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap();
    alternatives.split(" or ").flat_map(names_of).collect()
}

/// The names for which `metric.name == "name"` or `IsMatch(metric.name, "^before_(one|other)_after$$")` is true.
fn names_of(alternative: &str) -> Vec<String> {
    if let Some(exact) = alternative.strip_prefix("metric.name == \"") {
        return vec![exact.strip_suffix('"').unwrap().to_owned()];
    }
    let pattern = alternative
        .strip_prefix("IsMatch(metric.name, \"^")
        .and_then(|rest| rest.strip_suffix("$$\")"))
        .unwrap_or_else(|| panic!("{alternative}"));
    let (before, rest) = pattern.split_once('(').unwrap();
    let (middle, after) = rest.split_once(')').unwrap();
    let names = middle.split('|');
    names
        .map(|name| exact_name(&format!("^{before}{name}{after}$$")).to_owned())
        .collect()
}

#[test]
fn the_collectors_use_only_components_that_are_in_their_build() {
    for file in [ON_ECS, LOCAL] {
        let config = yaml(file);
        for (section, known) in ADOT {
            for name in keys(&config[section]) {
                assert!(known.contains(&kind(name)), "{file}: {section}: {name}");
            }
        }
        let sections = ["service"]
            .into_iter()
            .chain(ADOT.map(|(section, _)| section));
        let sections: BTreeSet<&str> = sections.collect();
        assert_eq!(BTreeSet::from_iter(keys(&config)), sections, "{file}");
    }
}

#[test]
fn pipelines_name_what_is_defined_and_all_of_it() {
    for file in [ON_ECS, LOCAL, "deploy/jaeger/config.yaml"] {
        let config = yaml(file);
        for section in ["receivers", "processors", "exporters"] {
            let used: BTreeSet<&str> = pipelines(&config)
                .flat_map(|(_, pipeline)| strings(&pipeline[section]))
                .collect();
            let defined = BTreeSet::from_iter(keys(&config[section]));
            assert_eq!(used, defined, "{file}: {section}");
        }
        let used = BTreeSet::from_iter(strings(&config["service"]["extensions"]));
        assert_eq!(used, BTreeSet::from_iter(keys(&config["extensions"])));
    }
}

#[test]
fn memory_is_limited_before_all_else_and_batches_are_made_last() {
    for file in [ON_ECS, LOCAL] {
        for (name, pipeline) in pipelines(&yaml(file)) {
            let processors = strings(&pipeline["processors"]);
            assert_eq!(processors.first(), Some(&"memory_limiter"), "{file} {name}");
            let last = processors.last().copied().map(kind);
            assert_eq!(last, Some("batch"), "{file} {name}");
        }
    }
}

#[test]
fn cloudwatch_gets_differences_and_no_first_value_is_lost() {
    let config = yaml(ON_ECS);
    let emf = &config["exporters"]["awsemf"];

    for (name, pipeline) in pipelines(&config) {
        if strings(&pipeline["exporters"]).contains(&"awsemf") {
            let processors = strings(&pipeline["processors"]);
            assert!(processors.contains(&"cumulativetodelta"), "{name}");
        }
    }
    assert_eq!(
        config["processors"]["cumulativetodelta"],
        json!({"initial_value": "keep"})
    );
    assert_eq!(emf["retain_initial_value_of_delta_metric"], true);
    assert_eq!(emf["namespace"], "${env:METRICS_NAMESPACE:-CloudAIRouter}");
    assert_eq!(emf["dimension_rollup_option"], "NoDimensionRollup");
    let retention = emf["log_retention"].as_u64().unwrap();
    assert!(RETENTIONS.contains(&retention), "{retention}");
}

#[test]
fn no_dollar_sign_is_taken_for_a_variable_unless_it_is_one() {
    for file in [ON_ECS, LOCAL] {
        let text = text(file);
        let lone: Vec<&str> = text
            .lines()
            .filter(|line| line.replace("$$", "").replace("${env:", "").contains('$'))
            .collect();
        assert!(lone.is_empty(), "{file}: {lone:?}");
    }
}

#[test]
fn each_pipeline_knows_the_task_it_runs_in() {
    let config = yaml(ON_ECS);

    for (name, pipeline) in pipelines(&config) {
        assert!(
            strings(&pipeline["processors"]).contains(&"resource_detection"),
            "{name}"
        );
    }
    let detectors = &config["processors"]["resource_detection"]["detectors"];
    assert_eq!(*detectors, json!(["env", "ecs"]));
}

#[test]
fn the_local_collector_leaves_metrics_to_prometheus() {
    // Both would count everything twice.
    let config = yaml(LOCAL);
    let names: Vec<_> = pipelines(&config).map(|(name, _)| name.as_str()).collect();

    assert_eq!(names, ["traces"]);
    assert_eq!(
        keys(&config["receivers"]["otlp"]["protocols"]),
        ["grpc", "http"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_declared_metric_and_dimension_is_one_that_the_service_has() {
    let live = live_metrics::scrape().await;

    for (name, dimension_sets) in declared() {
        let Some(labels) = live.get(&name) else {
            panic!("{name} is not among {:?}", live.keys());
        };
        for dimension in dimension_sets.iter().flatten() {
            assert!(labels.contains(dimension), "{name}: {dimension}");
        }
    }
}

#[test]
fn the_filter_lets_exactly_the_declared_metrics_pass() {
    let declared: BTreeSet<String> = declared().into_keys().collect();

    assert_eq!(passing_the_filter(&yaml(ON_ECS)), declared);
}

#[test]
fn units_fit_the_names_and_only_dollars_and_states_have_none() {
    let config = yaml(ON_ECS);
    let descriptors = config["exporters"]["awsemf"]["metric_descriptors"].as_array();
    let mut units = BTreeMap::new();
    for descriptor in descriptors.unwrap() {
        let name = descriptor["metric_name"].as_str().unwrap();
        units.insert(name, descriptor["unit"].as_str().unwrap());
    }
    let declared = declared();

    for (name, unit) in &units {
        assert!(declared.contains_key(*name), "{name} is not declared");
        assert!(UNITS.contains(unit), "{name}: {unit}");
    }
    for name in declared.keys() {
        let unit = units.get(name.as_str()).copied();
        let expected = if name.ends_with("_seconds") {
            Some("Seconds")
        } else if name.ends_with("_bytes") {
            Some("Bytes")
        } else if name.contains("_usd") || name.ends_with("_state") || name.ends_with("_ready") {
            None
        } else {
            Some("Count")
        };
        assert_eq!(unit, expected, "{name}");
    }
}
