//! The run book: each alert leads to a section of docs/operations.md, and what the section names is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::dashboards::{self, text};
use crate::rules;

/// Returns the sections under `## Alerts`, by heading.
fn sections() -> BTreeMap<String, String> {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, alerts) = guide
        .split_once("\n## Alerts\n")
        .expect("no section on alerts");
    let alerts = alerts.split("\n## ").next().unwrap();
    let sections = alerts.split("\n### ").skip(1);
    sections
        .map(|section| {
            let (heading, text) = section.split_once('\n').unwrap();
            (heading.to_owned(), text.to_owned())
        })
        .collect()
}

#[test]
fn each_alert_has_a_section_that_says_what_it_means_how_to_look_and_what_to_do() {
    let sections = sections();
    let boards = dashboards::all();
    let uids: BTreeSet<_> = boards
        .iter()
        .map(|board| text(&board.json, "uid"))
        .collect();
    let mut alerts = BTreeSet::new();
    for alert in rules::all().into_iter().filter(|rule| rule.is_alert) {
        let name = alert.name;
        let section = sections
            .get(&name)
            .unwrap_or_else(|| panic!("no section on {name}"));
        for part in ["**Meaning.** ", "**Look.** ", "**Do.** "] {
            assert!(section.contains(part), "{name}: no {part}");
        }
        let severity = text(&alert.labels, "severity");
        assert!(
            ["page", "ticket", "info"].contains(&severity),
            "{name}: {severity}"
        );
        let anchor = format!("docs/operations.md#{}", name.to_lowercase());
        assert_eq!(text(&alert.annotations, "runbook_url"), anchor);
        let board = text(&alert.annotations, "dashboard").trim_start_matches("/d/");
        assert!(uids.contains(board), "{name}: {board}");
        for annotation in ["summary", "description"] {
            assert!(
                !text(&alert.annotations, annotation).is_empty(),
                "{name}: no {annotation}"
            );
        }
        alerts.insert(name);
    }

    let headings: BTreeSet<_> = sections.into_keys().collect();
    assert_eq!(headings, alerts);
}

#[test]
fn every_panel_that_the_run_book_names_exists() {
    let boards = dashboards::all();
    let titles: BTreeSet<_> = boards
        .iter()
        .flat_map(|board| board.panels().map(|panel| text(panel, "title")))
        .collect();
    let mut named = 0;
    for (alert, section) in sections() {
        let look = section
            .split("**Look.** ")
            .nth(1)
            .unwrap()
            .split("**Do.** ")
            .next()
            .unwrap();
        for title in look
            .split('*')
            .skip(1)
            .step_by(2)
            .filter(|title| !title.is_empty())
        {
            named += 1;
            let title = title.replace('\n', " ");
            assert!(titles.contains(title.as_str()), "{alert}: no panel {title}");
        }
    }
    assert!(named > 20, "{named}");
}
