//! The run book: whatever CloudWatch or ECS tells somebody leads to a page that says what to do, and each page is there for something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::documents::Document;
use crate::environments;
use crate::terraform::{Environment, Resource};

const GUIDE: &str = "docs/operations.md";
/// The part of the guide that has a row for each alarm, and the pages of those that are of AWS alone.
const PART: &str = "alarms-on-aws";
const SEVERITIES: [&str; 3] = ["page", "ticket", "info"];

/// What tells somebody something, by its name in the guide: severity and anchor.
fn told(environment: &Environment) -> BTreeMap<String, (String, String)> {
    let mut told = BTreeMap::new();
    for (kind, name) in [
        ("aws_cloudwatch_metric_alarm", "alarm_name"),
        ("aws_cloudwatch_composite_alarm", "alarm_name"),
        ("aws_cloudwatch_event_rule", "name"),
    ] {
        for resource in environment.resources(kind) {
            if kind != "aws_cloudwatch_event_rule" && is_silent(&resource) {
                continue;
            }
            let name = text(&resource.get(name));
            let prefix = format!("{}-", text(&environment.local("name")));
            let name = name
                .strip_prefix(&prefix)
                .unwrap_or_else(|| panic!("{name}"));
            let kind_of = name
                .split_once('-')
                .map_or(name, |(kind, _)| kind)
                .to_owned();
            let place = if kind == "aws_cloudwatch_event_rule" {
                "description"
            } else {
                "alarm_description"
            };
            told.insert(kind_of, read(&resource, &text(&resource.get(place))));
        }
    }
    told
}

/// Whether an alarm tells nobody. It then is a part of a composite one.
fn is_silent(alarm: &Resource<'_>) -> bool {
    let actions = alarm.get("alarm_actions");
    actions.as_array().is_none_or(Vec::is_empty)
}

/// Reads `severity: what is wrong. address#anchor`.
fn read(resource: &Resource<'_>, description: &str) -> (String, String) {
    let place = || panic!("{resource:?}: {description}");
    let (severity, rest) = description.split_once(": ").unwrap_or_else(place);
    let (summary, link) = rest.rsplit_once(' ').unwrap_or_else(place);
    let (address, anchor) = link.split_once('#').unwrap_or_else(place);
    assert!(
        SEVERITIES.contains(&severity),
        "{resource:?}: {description}"
    );
    assert!(
        summary.ends_with('.') && address.ends_with(GUIDE),
        "{resource:?}: {description}"
    );
    (severity.to_owned(), anchor.to_owned())
}

fn text(of: &Value) -> String {
    of.as_str()
        .unwrap_or_else(|| panic!("{of} is no text"))
        .to_owned()
}

/// Everything that any environment tells.
fn everything_told() -> BTreeMap<String, (String, String)> {
    environments::variants().iter().flat_map(told).collect()
}

#[test]
fn every_alarm_leads_to_a_page_that_says_what_it_means_where_to_look_and_what_to_do() {
    let guide = Document::read(GUIDE);
    let told = everything_told();
    assert!(told.len() > 30, "{}", told.len());

    for (name, (_, anchor)) in told {
        let page = guide
            .section(&anchor)
            .unwrap_or_else(|| panic!("{name}: no page {anchor}"));
        for part in ["**Meaning.** ", "**Look.** ", "**Do.** "] {
            assert!(page.contains(part), "{name}: {anchor} has no {part}");
        }
    }
}

#[test]
fn the_table_of_the_guide_has_every_alarm_with_its_severity_and_no_other() {
    let part = Document::read(GUIDE).section(PART).unwrap();
    let mut rows = BTreeMap::new();
    for row in part.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (_, anchor) = cells[3].split_once("(#").unwrap();
        for name in cells[1].split(", ") {
            let what = (cells[2].to_owned(), anchor.trim_end_matches(')').to_owned());
            rows.insert(name.trim_matches('`').to_owned(), what);
        }
    }
    let events: BTreeSet<String> = environments::of("prod")
        .resources("aws_cloudwatch_event_rule")
        .iter()
        .filter_map(told_name)
        .collect();
    let alarms: BTreeMap<_, _> = everything_told()
        .into_iter()
        .filter(|(name, _)| !events.contains(name))
        .collect();

    assert_eq!(rows, alarms);
    for event in events {
        assert!(part.contains(&format!("`{event}`")), "{event}");
    }
}

fn told_name(rule: &Resource<'_>) -> Option<String> {
    let name = text(&rule.get("name"));
    let prefix = format!("{}-", text(&rule.environment().local("name")));
    name.strip_prefix(&prefix).map(str::to_owned)
}

#[test]
fn every_page_is_one_that_something_leads_to() {
    let guide = Document::read(GUIDE);
    let part = guide.section(PART).unwrap();
    let told = everything_told();
    let pages = part.lines().filter_map(|line| line.strip_prefix("### "));

    for page in pages {
        let anchor = page.to_lowercase();
        let leads_there = told.values().any(|(_, leads)| *leads == anchor);
        let is_linked = guide.links().contains(&format!("#{anchor}").as_str());
        assert!(leads_there || is_linked, "nothing leads to {page}");
    }
}

#[test]
fn composite_alarms_are_made_of_alarms_that_there_are() {
    for environment in environments::variants() {
        let alarms: BTreeSet<String> = environment
            .resources("aws_cloudwatch_metric_alarm")
            .iter()
            .map(|alarm| text(&alarm.get("alarm_name")))
            .collect();
        let mut used = BTreeSet::new();
        for composite in environment.resources("aws_cloudwatch_composite_alarm") {
            let rule = text(&composite.get("alarm_rule"));
            let parts: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
            assert!(parts.len() > 1, "{rule}");
            used.extend(parts.into_iter().map(str::to_owned));
        }
        assert!(
            used.is_subset(&alarms),
            "{environment:?}: {:?}",
            used.difference(&alarms)
        );
        // An alarm that tells nobody is of use only in a composite one.
        for alarm in environment.resources("aws_cloudwatch_metric_alarm") {
            let name = text(&alarm.get("alarm_name"));
            assert!(
                !is_silent(&alarm) || used.contains(&name),
                "{environment:?}: {name}"
            );
        }
    }
}

#[test]
fn every_widget_that_a_page_names_is_on_the_dashboard() {
    let guide = Document::read(GUIDE);
    let dashboard = environments::of("prod").resource("aws_cloudwatch_dashboard", "main");
    let body: Value = serde_json::from_str(&text(&dashboard.get("dashboard_body"))).unwrap();
    let widgets = body["widgets"].as_array().unwrap().iter();
    let titles: BTreeSet<&str> = widgets
        .filter_map(|widget| widget["properties"]["title"].as_str())
        .collect();
    let part = guide.section(PART).unwrap();
    let alerts = guide.section("alerts").unwrap();
    let paragraphs = alerts
        .split("\n\n")
        .filter(|paragraph| paragraph.starts_with("**On AWS.**"));
    let texts = part.split("\n\n").chain(paragraphs);

    let mut named = 0;
    for text in texts.filter(|text| !text.starts_with("Titles in")) {
        let without_bold = text.replace("**", "");
        for title in without_bold.split('*').skip(1).step_by(2) {
            named += 1;
            let title = title.replace('\n', " ");
            assert!(titles.contains(title.as_str()), "no widget `{title}`");
        }
    }
    assert!(named > 20, "{named}");
}
