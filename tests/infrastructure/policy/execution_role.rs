//! Secrets: they come from Secrets Manager, and ECS may read those that a task needs and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::environments;
use crate::files;
use crate::task;
use crate::terraform::Environment;

/// Variables that tell a secret, or let somebody in.
const SECRETS: [&str; 3] = ["API_KEYS", "OPENAI_API_KEY", "REDIS_URL"];

/// The secrets that the containers get, by variable.
fn secrets(environment: &Environment) -> Vec<(String, String)> {
    let task = task::of(environment);
    let secrets = task
        .containers()
        .iter()
        .filter_map(|container| container["secrets"].as_array());
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    secrets
        .flatten()
        .map(|secret| (text(&secret["name"]), text(&secret["valueFrom"])))
        .collect()
}

#[test]
fn secrets_are_no_plain_variables() {
    let mut seen = BTreeSet::new();
    for environment in environments::variants() {
        let task = task::of(environment);
        for container in task.containers() {
            for variable in container["environment"].as_array().unwrap() {
                let name = variable["name"].as_str().unwrap();
                assert!(!SECRETS.contains(&name), "{environment:?}: {name}");
            }
        }
        seen.extend(secrets(environment).into_iter().map(|(name, _)| name));
    }
    assert_eq!(seen, SECRETS.map(str::to_owned).into());
}

#[test]
fn ecs_may_read_exactly_the_secrets_of_the_task() {
    for environment in environments::variants() {
        let needed = secrets(environment).into_iter();
        // A version of a secret is named after its ARN.
        let needed: BTreeSet<String> = needed
            .map(|(_, from)| {
                from.split_once(":::")
                    .map_or(from.clone(), |(arn, _)| arn.to_owned())
            })
            .collect();
        let statements = task::of(environment).permissions("execution_role_arn");
        let reading = statements.iter().filter(|statement| {
            files::strings(&statement["Action"]).contains(&"secretsmanager:GetSecretValue")
        });
        let readable: BTreeSet<String> = reading
            .flat_map(|statement| files::strings(&statement["Resource"]))
            .map(str::to_owned)
            .collect();

        assert_eq!(readable, needed, "{environment:?}");
    }
}
