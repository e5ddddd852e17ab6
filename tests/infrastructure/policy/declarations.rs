//! What every root declares: versions, variables, outputs, and how long logs are kept.

use hcl::edit::structure::Body;

use super::roots;
use crate::environments;

fn text<'a>(body: &'a Body, name: &str) -> &'a str {
    let attribute = body.get_attribute(name);
    let text = attribute.and_then(|attribute| attribute.value.as_str());
    text.unwrap_or_default()
}

#[test]
fn every_variable_and_output_is_described_and_every_variable_has_a_type() {
    for root in roots() {
        for kind in ["variable", "output"] {
            for block in root.blocks(kind) {
                let name = format!("{}: {kind} {}", root.folder, block.labels[0].as_str());
                let description = text(&block.body, "description");
                assert!(description.len() > 10, "{name}: `{description}`");
                let has_type = block.body.has_attribute("type") || kind == "output";
                assert!(has_type, "{name} has no type");
            }
        }
        assert!(
            root.blocks("output").count() > 0,
            "{} has no output",
            root.folder
        );
    }
}

#[test]
fn both_roots_take_the_same_versions_and_keep_their_state_in_s3() {
    for root in roots() {
        let terraform = &root.blocks("terraform").next().unwrap().body;
        assert_eq!(text(terraform, "required_version"), ">= 1.9, < 2.0");
        let providers = terraform.get_blocks("required_providers").next().unwrap();
        let names: Vec<&str> = providers
            .body
            .attributes()
            .map(|each| each.key.as_str())
            .collect();
        assert_eq!(names, ["aws"], "{}", root.folder);
        let aws = providers.body.get_attribute("aws").unwrap();
        let aws = aws.value.to_string();
        assert!(aws.contains("\">= 5.100, < 7.0\""), "{aws}");
        let backend = terraform.get_blocks("backend").next().unwrap();
        assert_eq!(backend.labels[0].as_str(), "s3");
    }
}

#[test]
fn every_log_group_ends_some_day() {
    for environment in environments::variants() {
        let groups = environment.resources("aws_cloudwatch_log_group");
        assert!(groups.len() >= 3, "{environment:?}: {groups:?}");
        for group in groups {
            let days = group.get("retention_in_days");
            assert!(
                days.as_u64().is_some_and(|days| days > 0),
                "{group:?}: {days}"
            );
        }
    }
}
