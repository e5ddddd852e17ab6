//! Commands: what the guides and the workflows call is a target of the Makefile, so that a person can run it too.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::documents::{self, make_targets};
use crate::{files, folders};

const WORKFLOWS: &str = ".github/workflows";

/// The Makefile with the files that it includes.
fn makefile() -> String {
    let own = files::text("Makefile");
    let included = own.lines().filter_map(|line| line.strip_prefix("include "));
    let included: String = included
        .flat_map(str::split_whitespace)
        .map(files::text)
        .collect();
    own + &included
}

/// The targets of the Makefile.
fn targets() -> BTreeSet<String> {
    let makefile = makefile();
    let rules = makefile
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    let names = rules.filter_map(|line| line.split_once(':'));
    let names = names.filter(|(_, rest)| !rest.starts_with('='));
    let names = names
        .flat_map(|(names, _)| names.split_whitespace())
        .filter(|name| !name.contains('%'))
        .map(str::to_owned);
    names.collect()
}

#[test]
fn the_guides_name_only_targets_that_there_are() {
    let targets = targets();
    let mut named = 0;
    for document in documents::all() {
        for target in document.make_targets() {
            named += 1;
            assert!(targets.contains(target), "{}: make {target}", document.name);
        }
    }
    assert!(named > 10, "{named}");
}

#[test]
fn every_target_is_one_though_a_file_may_have_its_name() {
    let makefile = makefile();
    let phony = makefile
        .lines()
        .filter_map(|line| line.strip_prefix(".PHONY: "));
    let phony: BTreeSet<String> = phony
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect();

    assert_eq!(phony, targets());
}

#[test]
fn every_step_of_a_workflow_runs_a_target_or_a_trivial_command() {
    let targets = targets();
    let mut run = 0;
    for name in folders::names(WORKFLOWS) {
        let workflow = files::yaml(&format!("{WORKFLOWS}/{name}"));
        let jobs = &workflow["jobs"];
        let steps = files::keys(jobs)
            .into_iter()
            .filter_map(|job| jobs[job]["steps"].as_array());
        for step in steps.flatten() {
            for command in commands(step) {
                run += 1;
                let called = make_targets(&command);
                let unknown = called.iter().find(|target| !targets.contains(**target));
                assert_eq!(unknown, None, "{name}: {command}");
                assert!(
                    !called.is_empty() || is_trivial(&command),
                    "{name}: {command}"
                );
            }
        }
    }
    assert!(run > 5, "{run}");
}

/// The commands of a step.
fn commands(step: &Value) -> Vec<String> {
    let script = step["run"]
        .as_str()
        .unwrap_or_default()
        .replace("\\\n", " ");
    let lines = script.lines().map(str::trim);
    let commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    commands.map(str::to_owned).collect()
}

/// Whether a command says something to GitHub or sets the shell, and does no work that somebody may want to repeat.
fn is_trivial(command: &str) -> bool {
    let first = command.split_whitespace().next().unwrap_or_default();
    ["echo", "printf", "set", "if", "then", "else", "fi", "exit"].contains(&first)
}

#[test]
fn continuous_integration_runs_targets_that_there_are() {
    let targets = targets();
    let script = files::text(".ci/run");
    let called: Vec<&str> = script
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(make_targets)
        .collect();

    assert!(!called.is_empty());
    for target in called {
        assert!(targets.contains(target), "make {target}");
    }
}
