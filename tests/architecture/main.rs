//! The architecture: which crate and which module may use which.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top-level modules of `src/`, each with those that it may use. A module is above all that it uses, so there is no circle.
const MODULES: [(&str, &[&str]); 21] = [
    ("main", &["cli"]),
    (
        "cli",
        &[
            "access",
            "app",
            "aws",
            "clock",
            "config",
            "dynamodb",
            "planner",
            "request_context",
            "telemetry",
        ],
    ),
    (
        "app",
        &[
            "access",
            "aws",
            "clock",
            "config",
            "dynamodb",
            "http",
            "idempotency",
            "ledger",
            "llm",
            "money",
            "outbound_http",
            "planner",
            "redis",
            "service_url",
            "telemetry",
        ],
    ),
    (
        "http",
        &[
            "access",
            "idempotency",
            "ledger",
            "llm",
            "money",
            "nearest_name",
            "planner",
            "request_context",
            "telemetry",
        ],
    ),
    (
        "config",
        &[
            "access",
            "dynamodb",
            "ledger",
            "llm",
            "money",
            "nearest_name",
            "outbound_http",
            "planner",
            "redis",
            "service_url",
            "telemetry",
        ],
    ),
    (
        "dynamodb",
        &[
            "aws",
            "idempotency",
            "ledger",
            "money",
            "outbound_http",
            "resilience",
            "telemetry",
        ],
    ),
    ("redis", &["access", "planner", "resilience"]),
    (
        "planner",
        &[
            "clock",
            "ledger",
            "llm",
            "money",
            "request_context",
            "resilience",
            "telemetry",
        ],
    ),
    (
        "access",
        &[
            "clock",
            "money",
            "outbound_http",
            "service_url",
            "telemetry",
        ],
    ),
    ("idempotency", &["clock", "resilience"]),
    (
        "ledger",
        &["clock", "money", "request_context", "resilience"],
    ),
    (
        "telemetry",
        &[
            "llm",
            "money",
            "outbound_http",
            "request_context",
            "resilience",
            "service_url",
        ],
    ),
    ("llm", &["aws", "money", "outbound_http"]),
    ("aws", &["outbound_http"]),
    ("request_context", &["money"]),
    ("resilience", &[]),
    ("money", &[]),
    ("nearest_name", &[]),
    ("outbound_http", &[]),
    ("clock", &[]),
    ("service_url", &[]),
];

/// Crates that start a runtime, serve or call HTTP, or know a cloud: not for the pure part.
const NOT_FOR_PLANNING: [&str; 7] = [
    "tokio", "actix", "hyper", "aws", "reqwest", "tracing", "dynoxide",
];

/// The names of all crates that a package is built with.
fn crates_of(package: &str) -> BTreeSet<String> {
    let listed = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--offline", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}", "--package", package])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(listed.status.success(), "{errors}");
    let names = String::from_utf8(listed.stdout).unwrap();
    let names = names.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// The modules that each module uses outside of its unit tests.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in rust_files(&source) {
        let module = file.strip_prefix(&source).unwrap().iter().next().unwrap();
        let module = module.to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let used = uses.entry(module.clone()).or_default();
        for line in code.lines().filter(|line| !line.trim().starts_with("//")) {
            for prefix in ["crate::", "goal_router::"] {
                let paths = line.match_indices(prefix);
                used.extend(paths.map(|(place, _)| first_name(&line[place + prefix.len()..])));
            }
        }
        used.remove(&module);
    }
    uses
}

fn first_name(path: &str) -> String {
    path.chars()
        .take_while(|char| char.is_alphanumeric() || *char == '_')
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn planning_is_pure() {
    let crates = crates_of("planning");

    assert!(crates.contains("chrono"), "{crates:?}");
    for prefix in NOT_FOR_PLANNING {
        let found = crates.iter().find(|name| name.starts_with(prefix));
        assert_eq!(found, None);
    }
}

#[test]
fn the_service_is_built_with_neither_the_fake_nor_the_trainer() {
    let crates = crates_of("goal-router");

    assert!(crates.contains("planning"), "{crates:?}");
    assert!(!crates.contains("fake-bedrock") && !crates.contains("train-classifier"));
}

#[test]
fn modules_use_only_modules_below_them() {
    for (module, used) in uses() {
        if module == "lib" {
            continue;
        }
        let allowed = MODULES.iter().find(|(name, _)| *name == module);
        let allowed = allowed.map_or(&[][..], |(_, allowed)| allowed);
        for other in used {
            assert!(
                allowed.contains(&other.as_str()),
                "`{module}` must not use `{other}`"
            );
        }
    }
}

#[test]
fn no_module_is_in_a_circle() {
    // Modules whose uses are all resolved are removed, until none is left: a circle cannot be resolved.
    let mut left: Vec<_> = MODULES.iter().collect();
    while !left.is_empty() {
        let names: BTreeSet<&str> = left.iter().map(|(name, _)| *name).collect();
        let before = left.len();
        left.retain(|(_, uses)| uses.iter().any(|used| names.contains(used)));
        assert!(left.len() < before, "a circle among {names:?}");
    }
}
