//! The environments that there are, and what the options of Terraform make of them.

use std::sync::OnceLock;

use crate::folders;
use crate::terraform::Environment;

/// The environments that have a `.tfvars` file.
pub const NAMES: [&str; 3] = ["dev", "staging", "prod"];

/// A client whose key is `coupling`, with limits of its own.
pub const CLIENT: &str = r#"
api_keys = [{
  client                = "coupling"
  sha256                = ["DIGEST"]
  rate_limit_per_minute = 10000
  daily_budget_usd      = 2.5
}]
"#;

/// What the options make of an environment. Each set of options is one that the variables allow.
const OPTIONS: [&str; 5] = [
    "cognito_enabled = true\nredis_enabled = true\nspool_storage = \"efs\"\noutage_allowance_usd = 1.5\nwaf_enabled = true",
    "auth_mode = \"jwt\"\njwt_issuer = \"https://issuer.example\"\njwt_audience = [\"one\", \"two\"]\njwks_url = \"https://issuer.example/keys\"\n\
     tiers = [{ name = \"gold\", rate_limit_per_minute = 600, daily_budget_usd = 20, scopes = [\"plan\"] }]",
    "request_deadline_seconds = 30\nllm_attempt_timeout_seconds = 20\ndrain_delay_seconds = 20\nshutdown_grace_seconds = 50\n\
     ledger_lease_seconds = 60",
    "nat = \"none\"\nbedrock_region = null\ninterface_endpoints = [\"ecr.api\", \"ecr.dkr\", \"logs\", \"secretsmanager\", \"bedrock-runtime\", \"xray\"]",
    "llm_models = [\"bedrock:global.anthropic.claude-haiku-5-5\", \"openai:gpt-4o-mini\", \"offline\"]\nclassifier_model = \"offline\"\n\
     openai_api_key_secret_arn = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:openai-AbCdEf\"\n\
     client_daily_budget_usd = 1\nrate_limit_burst = 5\ncors_allowed_origins = [\"https://plans.example\"]\nextra_environment = { STORE_TIMEOUT_MS = \"300\" }",
];

/// Returns an environment as its file has it.
pub fn of(name: &str) -> &'static Environment {
    let at = NAMES.iter().position(|known| *known == name);
    &variants()[at.unwrap()]
}

/// Returns the environments as their files have them.
pub fn all() -> &'static [Environment] {
    &variants()[..NAMES.len()]
}

/// Returns the environments, and prod with each set of options.
pub fn variants() -> &'static [Environment] {
    static VARIANTS: OnceLock<Vec<Environment>> = OnceLock::new();
    VARIANTS.get_or_init(|| {
        let changed = OPTIONS.map(|options| Environment::changed("prod", options));
        NAMES
            .map(Environment::of)
            .into_iter()
            .chain(changed)
            .collect()
    })
}

/// Returns the environments, and prod with the options that change nothing about its models, each with the name of the one whose service
/// was run: their services have the same series and log the same lines.
pub fn observable() -> impl Iterator<Item = (&'static str, &'static Environment)> {
    let models = of("prod").variable("llm_models");
    let options = variants()[NAMES.len()..].iter();
    let options = options.filter(move |changed| changed.variable("llm_models") == models);
    NAMES
        .into_iter()
        .zip(all())
        .chain(options.map(|changed| ("prod", changed)))
}

/// Returns what an account has once, in the first Region that has a file.
pub fn account() -> &'static Environment {
    static ACCOUNT: OnceLock<Environment> = OnceLock::new();
    ACCOUNT.get_or_init(|| {
        let files = folders::files("terraform/account", "tfvars");
        Environment::account(files.first().unwrap())
    })
}

#[test]
fn every_environment_has_its_file_and_every_file_its_environment() {
    let expected = NAMES.map(|name| format!("terraform/{name}.tfvars"));
    let mut files = folders::files("terraform", "tfvars");
    files.sort_by_key(|file| expected.iter().position(|name| name == file));

    assert_eq!(files, expected);
    for name in NAMES {
        assert_eq!(of(name).variable("environment"), name);
    }
}
