//! The task: the service and the collector beside it, as the task definition has them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::terraform::{Environment, Resource};

/// The name of the service's container, and that of the collector's.
pub const SERVICE: &str = "goal-router";
pub const COLLECTOR: &str = "adot";

/// A task of an environment.
pub struct Task<'a> {
    environment: &'a Environment,
    definition: Resource<'a>,
    containers: Vec<Value>,
}

/// Returns the task of an environment. There is one task definition.
pub fn of(environment: &Environment) -> Task<'_> {
    let mut definitions = environment.resources("aws_ecs_task_definition");
    assert_eq!(definitions.len(), 1);
    let definition = definitions.remove(0);
    let containers = definition.get("container_definitions");
    let containers: Vec<Value> = serde_json::from_str(containers.as_str().unwrap()).unwrap();
    Task {
        environment,
        definition,
        containers,
    }
}

impl Task<'_> {
    /// Returns the containers.
    pub fn containers(&self) -> &[Value] {
        &self.containers
    }

    /// Returns the container with this name.
    pub fn container(&self, name: &str) -> &Value {
        let mut named = self
            .containers
            .iter()
            .filter(|container| container["name"] == name);
        named
            .next()
            .unwrap_or_else(|| panic!("no container {name}"))
    }

    /// Returns an attribute of the task definition.
    pub fn get(&self, name: &str) -> Value {
        self.definition.get(name)
    }

    /// Returns the environment of a container: its variables, and the secrets with their values.
    pub fn variables(&self, container: &str) -> BTreeMap<String, String> {
        let container = self.container(container);
        let variables = list(&container["environment"]).iter().map(|variable| {
            let value = text(&variable["value"]);
            (text(&variable["name"]), value)
        });
        let secrets = list(&container["secrets"]).iter().map(|secret| {
            let value = self.secret(&text(&secret["valueFrom"]));
            (text(&secret["name"]), value)
        });
        let mut all = BTreeMap::new();
        for (name, value) in variables.chain(secrets) {
            let before = all.insert(name.clone(), value);
            assert_eq!(before, None, "{name} is set twice");
        }
        all
    }

    /// Returns the value of a secret: that of Terraform, or a made-up one where an operator made the secret.
    fn secret(&self, from: &str) -> String {
        let versions = self
            .environment
            .resources("aws_secretsmanager_secret_version");
        let version = versions.iter().find(|version| {
            let secret = version.get("secret_id");
            from.starts_with(secret.as_str().unwrap())
        });
        let Some(version) = version else {
            let variable = self.environment.variable("openai_api_key_secret_arn");
            assert_eq!(variable, from, "nobody makes this secret");
            return "sk-made-up".to_owned();
        };
        let id = version.attribute("version_id").unwrap();
        assert!(
            from.ends_with(&format!(":::{}", text(&id))),
            "{from} names another version"
        );
        text(&version.get("secret_string"))
    }

    /// Returns the port of the API, which is the only one that is mapped.
    pub fn api_port(&self) -> u64 {
        let mapped = self
            .containers
            .iter()
            .flat_map(|container| list(&container["portMappings"]));
        let ports: Vec<u64> = mapped
            .map(|port| port["containerPort"].as_u64().unwrap())
            .collect();
        let [port] = ports[..] else {
            panic!("{ports:?}");
        };
        port
    }

    /// Returns the statements of all policies of a role: that of the containers, or that of ECS while it starts them.
    pub fn permissions(&self, role: &str) -> Vec<Value> {
        let role = self.get(role);
        let roles = self.environment.resources("aws_iam_role");
        let role = roles
            .iter()
            .find(|each| each.attribute("arn").is_ok_and(|arn| arn == role));
        let role = role.unwrap();
        let names = ["id", "name"].map(|name| role.attribute(name).unwrap());
        let is_of_role = |policy: &Resource<'_>| names.contains(&policy.get("role"));
        for kind in [
            "aws_iam_role_policy_attachment",
            "aws_iam_role_policies_exclusive",
        ] {
            let attached = self.environment.resources(kind);
            assert!(!attached.iter().any(is_of_role), "{attached:?}");
        }
        let policies = self.environment.resources("aws_iam_role_policy");
        let documents = policies
            .iter()
            .filter(|policy| is_of_role(policy))
            .map(|policy| {
                let document = text(&policy.get("policy"));
                serde_json::from_str::<Value>(&document).unwrap()
            });
        let statements = documents.flat_map(|document| list(&document["Statement"]).to_vec());
        statements.collect()
    }
}

fn list(of: &Value) -> &[Value] {
    of.as_array().map_or(&[], Vec::as_slice)
}

fn text(of: &Value) -> String {
    of.as_str()
        .unwrap_or_else(|| panic!("{of} is no text"))
        .to_owned()
}
