//! The compose file: what keeps a local stack safe, ordered and true.

use std::collections::BTreeSet;

use goal_router::config::Settings;
use serde_json::{Map, Value};

use crate::files::{keys, path, strings, yaml};
use crate::instructions;

/// The emulator of AWS installs its parts when it starts, which takes the rights of its image.
const UNCONFINED: [&str; 1] = ["aws"];

fn compose() -> Value {
    yaml("docker-compose.yml")
}

fn services(compose: &Value) -> &Map<String, Value> {
    compose["services"].as_object().unwrap()
}

/// Services that run once and end, and that others wait for.
fn one_shots(compose: &Value) -> BTreeSet<&str> {
    let waits = services(compose)
        .values()
        .filter_map(|service| service["depends_on"].as_object());
    waits
        .flatten()
        .filter(|(_, how)| how["condition"] == "service_completed_successfully")
        .map(|(name, _)| name.as_str())
        .collect()
}

fn has_health_check(service: &Value) -> bool {
    let of_image = service["build"]["target"].as_str().is_some_and(|target| {
        instructions::last(&instructions::stage(target), "HEALTHCHECK").is_some()
    });
    service["healthcheck"]["test"].is_array() || of_image
}

/// The volumes of a service: source, target, and whether it is read-only.
fn mounts(service: &Value) -> Vec<(&str, &str, bool)> {
    strings(&service["volumes"])
        .into_iter()
        .map(|mount| {
            let parts: Vec<&str> = mount.split(':').collect();
            (parts[0], parts[1], parts.get(2) == Some(&"ro"))
        })
        .collect()
}

#[test]
fn every_image_has_a_fixed_version() {
    for (name, service) in services(&compose()) {
        let image = service["image"].as_str().unwrap();
        let image = image
            .rsplit_once(":-")
            .map_or(image, |(_, default)| default.trim_end_matches('}'));
        let tag = image.rsplit('/').next().unwrap().split_once(':');
        assert!(
            tag.is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest"),
            "{name}: {image}"
        );
    }
}

#[test]
fn ports_are_on_loopback_only() {
    let compose = compose();
    let ports = services(&compose)
        .values()
        .flat_map(|service| strings(&service["ports"]));

    let ports: Vec<&str> = ports.collect();
    assert!(ports.len() >= 5, "{ports:?}");
    for port in ports {
        assert!(port.starts_with("127.0.0.1:"), "{port}");
    }
}

#[test]
fn every_service_is_watched_and_has_limits() {
    let compose = compose();
    let one_shots = one_shots(&compose);

    for (name, service) in services(&compose) {
        assert!(
            has_health_check(service) || one_shots.contains(name.as_str()),
            "{name} has no health check"
        );
        let limits = &service["deploy"]["resources"]["limits"];
        assert_eq!(keys(limits), ["cpus", "memory", "pids"], "{name}");
        assert!(
            service["logging"]["options"]["max-size"].is_string(),
            "{name}"
        );
        assert!(service["restart"].is_string(), "{name}");
    }
}

#[test]
fn services_have_no_more_rights_than_they_need() {
    for (name, service) in services(&compose()) {
        assert_eq!(
            strings(&service["security_opt"]),
            ["no-new-privileges:true"],
            "{name}"
        );
        if UNCONFINED.contains(&name.as_str()) {
            continue;
        }
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(strings(&service["cap_drop"]), ["ALL"], "{name}");
        let user = match service["build"]["target"].as_str() {
            Some(target) => {
                instructions::last(&instructions::stage(target), "USER").map(str::to_owned)
            }
            None => service["user"].as_str().map(str::to_owned),
        };
        let user = user.unwrap_or_else(|| panic!("{name} has no user"));
        let id: u32 = user.split(':').next().unwrap().parse().unwrap();
        assert_ne!(id, 0, "{name}");
    }
}

#[test]
fn what_is_mounted_exists_and_stays_as_it_is() {
    let compose = compose();
    let volumes = BTreeSet::from_iter(keys(&compose["volumes"]));
    let mut used = BTreeSet::new();

    for (name, service) in services(&compose) {
        for (source, _, read_only) in mounts(service) {
            if let Some(file) = source.strip_prefix("./") {
                assert!(path(file).exists(), "{name}: {source}");
                assert!(read_only, "{name}: {source}");
            } else {
                used.insert(source);
            }
        }
    }
    assert_eq!(used, volumes);
}

#[test]
fn the_service_waits_for_what_it_needs_and_not_for_its_telemetry() {
    let compose = compose();

    for (name, service) in services(&compose) {
        for (needed, how) in service["depends_on"].as_object().into_iter().flatten() {
            let condition = how["condition"].as_str().unwrap();
            assert!(
                condition != "service_healthy" || has_health_check(&compose["services"][needed]),
                "{name} waits for {needed}"
            );
        }
    }
    let needs = &compose["services"]["goal-router"]["depends_on"];
    let condition = |name: &str| needs[name]["condition"].as_str();
    assert_eq!(
        condition("create-tables"),
        Some("service_completed_successfully")
    );
    assert_eq!(condition("fake-bedrock"), Some("service_healthy"));
    assert_eq!(condition("otel-collector"), Some("service_started"));
}

#[test]
fn the_service_accepts_its_variables() {
    let compose = compose();
    let service = &compose["services"]["goal-router"];
    let variables = service["environment"].as_object().unwrap();
    let mounts = mounts(service);
    // The files that variables name, as they are outside of the container.
    let outside = |value: &str| {
        let mount = mounts.iter().find(|(_, target, _)| *target == value);
        mount.map_or_else(
            || value.to_owned(),
            |(source, ..)| path(source).to_str().unwrap().to_owned(),
        )
    };
    let of_image = [("use_mock_aws", "false"), ("data_dir", "data")];
    let pairs: Vec<(&str, String)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), outside(value.as_str().unwrap())))
        .chain(of_image.map(|(name, value)| (name, value.to_owned())))
        .collect();

    let settings = Settings::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));

    assert!(settings.is_ok(), "{}", settings.unwrap_err());
}

#[test]
fn what_scrapes_and_shows_names_services_of_the_stack() {
    let compose = compose();
    let prometheus = yaml("deploy/prometheus/prometheus.yml");
    let targets = prometheus["scrape_configs"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|job| job["static_configs"].as_array().unwrap())
        .flat_map(|group| strings(&group["targets"]));
    let sources = yaml("deploy/grafana/provisioning/datasources/datasources.yaml");
    let urls = sources["datasources"].as_array().unwrap().iter();
    let urls = urls.map(|source| {
        source["url"]
            .as_str()
            .unwrap()
            .trim_start_matches("http://")
    });
    let collector = yaml("deploy/otel/local.yaml");
    let exports = collector["exporters"].as_object().unwrap().values();
    let exports = exports.map(|exporter| exporter["endpoint"].as_str().unwrap());
    let environment = compose["services"]["goal-router"]["environment"].as_object();
    let endpoints = environment
        .unwrap()
        .values()
        .filter_map(|value| value.as_str()?.strip_prefix("http://"));

    for address in targets.chain(urls).chain(exports).chain(endpoints) {
        let host = address.split(':').next().unwrap();
        assert!(
            host == "localhost" || services(&compose).contains_key(host),
            "{address}"
        );
    }
}

#[test]
fn prometheus_scrapes_the_service_under_the_name_that_dashboards_and_rules_use() {
    let prometheus = yaml("deploy/prometheus/prometheus.yml");
    let jobs = prometheus["scrape_configs"].as_array().unwrap();
    let job = jobs
        .iter()
        .find(|job| job["job_name"] == "goal-router")
        .unwrap();

    assert_eq!(
        strings(&job["static_configs"][0]["targets"]),
        ["goal-router:9464"]
    );
    let sources = yaml("deploy/grafana/provisioning/datasources/datasources.yaml");
    let uids: Vec<_> = sources["datasources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| source["uid"].as_str().unwrap())
        .collect();
    assert_eq!(uids, ["prometheus", "jaeger"]);
}
