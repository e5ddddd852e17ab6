//! The variables of the service: those that Terraform sets are those that it knows, with values that it accepts, and none is missing
//! that a service on AWS needs.

use goal_router::config::{AuthMode, Settings, StoreKind};

use crate::environments;
use crate::live;
use crate::task;
use crate::terraform::Environment;

/// What has to be set in every environment: where the defaults are for a laptop, or where infrastructure depends on the value.
const REQUIRED: [&str; 22] = [
    "AUTH_MODE",
    "AWS_REGION",
    "BEDROCK_REGION",
    "DAILY_BUDGET_USD",
    "DATA_DIR",
    "DRAIN_DELAY_SECONDS",
    "DYNAMODB_STATE_TABLE_NAME",
    "DYNAMODB_TABLE_NAME",
    "LEDGER_LEASE_SECONDS",
    "LLM_ATTEMPT_TIMEOUT_SECONDS",
    "LLM_MODELS",
    "LOG_FORMAT",
    "MANAGEMENT_PORT",
    "MAX_REQUEST_COST_USD",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_RESOURCE_ATTRIBUTES",
    "PORT",
    "REQUEST_DEADLINE_SECONDS",
    "SHUTDOWN_GRACE_SECONDS",
    "TRUSTED_PROXY_HOPS",
    "USE_MOCK_AWS",
];

/// Returns the settings that the service reads from an environment.
pub fn settings(environment: &Environment) -> Settings {
    let variables = task::of(environment).variables(task::SERVICE);
    let pairs = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Settings::from_pairs(pairs).unwrap_or_else(|error| panic!("{environment:?}: {error}"))
}

#[test]
fn the_service_accepts_what_terraform_sets_and_warns_of_nothing() {
    for environment in environments::variants() {
        let settings = settings(environment);

        assert_eq!(settings.warnings, [], "{environment:?}");
    }
}

#[test]
fn what_a_service_on_aws_needs_is_set() {
    for environment in environments::variants() {
        let variables = task::of(environment).variables(task::SERVICE);
        let missing: Vec<&str> = REQUIRED
            .into_iter()
            .filter(|name| !variables.contains_key(*name))
            .collect();

        assert!(
            missing.is_empty(),
            "{environment:?} does not set {missing:?}"
        );
        let is_set = |name| variables.contains_key(name);
        match variables["AUTH_MODE"].as_str() {
            "api_key" => assert!(is_set("API_KEYS"), "{environment:?}"),
            "jwt" => assert!(
                ["JWT_ISSUER", "JWT_AUDIENCE", "JWKS_URL"]
                    .into_iter()
                    .all(is_set),
                "{environment:?}"
            ),
            other => panic!("{environment:?}: AUTH_MODE={other}"),
        }
    }
}

#[test]
fn the_settings_are_those_of_a_service_on_aws_behind_one_load_balancer() {
    for environment in environments::variants() {
        let settings = settings(environment);

        let region = environment
            .variable("aws_region")
            .as_str()
            .unwrap()
            .to_owned();
        let expected = StoreKind::DynamoDb {
            region,
            endpoint: None,
        };
        assert_eq!(settings.store.kind, expected, "{environment:?}");
        assert_eq!(
            settings.models.bedrock_region,
            environment.local("bedrock_region")
        );
        assert_eq!(settings.models.bedrock_endpoint, None);
        assert_eq!(settings.access.trusted_hops, 1, "{environment:?}");
        assert!(
            !matches!(settings.access.mode, AuthMode::Open),
            "{environment:?}"
        );
        assert!(
            settings.traces.export.is_some(),
            "{environment:?} exports no traces"
        );
        for (table, name) in [
            (&settings.store.tables.usage, "usage"),
            (&settings.store.tables.state, "state"),
        ] {
            let made = environment.resource("aws_dynamodb_table", name).get("name");
            assert_eq!(made, table.as_str(), "{environment:?}");
        }
    }
}

#[test]
fn the_service_knows_every_variable_and_passes_the_health_check_of_the_container() {
    for name in environments::NAMES {
        let observed = live::observed(name);

        assert_eq!(observed.health_check, Ok(()), "{name}");
    }
}

#[test]
fn the_service_starts_without_a_warning_is_ready_and_makes_plans() {
    for name in environments::NAMES {
        let observed = live::observed(name);

        assert!(
            observed.warnings.is_empty(),
            "{name}: {:?}",
            observed.warnings
        );
        assert_eq!((observed.health, observed.plan), (200, 200), "{name}");
    }
}

#[test]
fn what_the_operator_adds_reaches_the_service() {
    let options = "extra_environment = { STORE_TIMEOUT_MS = \"300\" }";
    let environment = Environment::changed("prod", options);

    assert_eq!(settings(&environment).ledger.store_timeout.as_millis(), 300);
}

#[test]
fn the_options_here_are_ones_that_terraform_allows() {
    for environment in environments::variants() {
        assert_eq!(environment.broken_rules(), [""; 0], "{environment:?}");
    }
    for (options, part) in [
        (
            "extra_environment = { PORT = \"1\" }",
            "extra_environment must not set",
        ),
        ("ledger_lease_seconds = 60", "ledger_lease_seconds"),
        ("auth_mode = \"none\"", "auth_mode"),
        ("spool_storage = \"task\"", "outage_allowance_usd"),
        ("shutdown_grace_seconds = 115", "shutdown_grace_seconds"),
        ("nat = \"none\"", "nat"),
        ("domain_name = null\nzone_id = null", "domain_name"),
    ] {
        let broken = Environment::changed("prod", options).broken_rules();
        assert!(
            broken.iter().any(|rule| rule.contains(part)),
            "{options}: {broken:?}"
        );
    }
}
