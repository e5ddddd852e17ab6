//! The Dockerfile, and what it sends to the builder.

use crate::files::{path, text, yaml};
use crate::instructions::{base, instructions, last, stage};

#[test]
fn both_images_have_a_health_check_and_a_user_without_rights_and_no_shell() {
    for name in ["goal-router", "fake-bedrock"] {
        let stage = stage(name);

        assert!(stage[0].contains("gcr.io/distroless/"), "{}", stage[0]);
        assert_eq!(last(&stage, "USER"), Some("65532:65532"), "{name}");
        let check = last(&stage, "HEALTHCHECK").unwrap();
        assert!(
            check.ends_with(&format!("CMD [\"{name}\", \"healthcheck\"]")),
            "{check}"
        );
        // As arrays: there is no shell that could read anything else.
        for instruction in ["ENTRYPOINT", "CMD"] {
            let command = last(&stage, instruction);
            assert!(command.is_none_or(|command| command.starts_with('[')));
        }
        assert!(!stage.iter().any(|line| line.starts_with("RUN ")));
    }
}

#[test]
fn the_service_writes_only_to_a_volume_that_its_user_owns() {
    let stage = stage("goal-router");
    let volume = last(&stage, "VOLUME")
        .unwrap()
        .trim_matches(['[', ']', '"']);
    let copies = stage.iter().filter(|line| line.starts_with("COPY "));
    let to_volume = copies
        .into_iter()
        .find(|line| line.ends_with(volume))
        .unwrap();

    assert!(to_volume.contains("--chown=65532:65532"), "{to_volume}");
    let variables = last(&stage, "ENV").unwrap();
    assert!(
        variables.contains(&format!("DATA_DIR={volume}")),
        "{variables}"
    );
    assert!(variables.contains("USE_MOCK_AWS=false"), "{variables}");
}

#[test]
fn the_binary_is_linked_with_the_c_library_that_it_will_find() {
    let releases = [("bookworm", "debian12"), ("trixie", "debian13")];
    let all = instructions();
    let froms: Vec<&str> = all
        .iter()
        .filter(|line| line.starts_with("FROM "))
        .map(|line| base(line))
        .collect();
    let builder = froms
        .iter()
        .find(|image| image.starts_with("rust:"))
        .unwrap();
    let runtime = froms
        .iter()
        .find(|image| image.contains("distroless"))
        .unwrap();

    assert!(
        releases
            .iter()
            .any(|(name, number)| builder.ends_with(name) && runtime.contains(number)),
        "{builder}, {runtime}"
    );
}

#[test]
fn builds_follow_the_lock_file_and_the_version_label_the_manifest() {
    let cargo = instructions()
        .into_iter()
        .filter(|line| line.starts_with("RUN cargo") && !line.contains("chef prepare"));
    for command in cargo {
        assert!(command.contains(" --locked"), "{command}");
    }
    let version = concat!("GOAL_ROUTER_VERSION=", env!("CARGO_PKG_VERSION"));
    let stage = stage("goal-router");
    assert!(
        stage
            .iter()
            .any(|line| line.strip_prefix("ARG ") == Some(version))
    );
}

#[test]
fn the_compiler_of_the_image_is_new_enough() {
    let minor = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    let all = instructions();
    let image = all.iter().find_map(|line| base_of_rust(line)).unwrap();

    assert!(
        minor(image) >= minor(env!("CARGO_PKG_RUST_VERSION")),
        "{image}"
    );
}

fn base_of_rust(line: &str) -> Option<&str> {
    let tag = line
        .starts_with("FROM ")
        .then(|| base(line))?
        .strip_prefix("rust:")?;
    tag.split('-').next()
}

#[test]
fn the_builder_gets_what_is_allowed_and_nothing_else() {
    let text = text(".dockerignore");
    let mut patterns = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());

    assert_eq!(patterns.next(), Some("*"));
    for pattern in patterns {
        let name = pattern.trim_start_matches('!').split('*').next().unwrap();
        assert!(path(name).exists(), "{pattern}");
    }
}

#[test]
fn compose_builds_targets_that_exist() {
    let compose = yaml("docker-compose.yml");
    let services = compose["services"].as_object().unwrap();
    let targets = services
        .values()
        .filter_map(|service| service["build"]["target"].as_str());

    let targets: Vec<&str> = targets.collect();
    assert!(targets.len() >= 2, "{targets:?}");
    for target in targets {
        assert!(!stage(target).is_empty(), "{target}");
    }
}
