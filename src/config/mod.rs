//! All settings, validated before anything starts. Environment variables override an optional `CONFIG_FILE`, which overrides the
//! defaults.
//!
//! ```text
//! LOG_FORMAT=pretty PORT=8080 goal-router
//! CONFIG_FILE=settings.toml goal-router      # port = 8080
//! ```
//! An invalid value stops the start. The message names the variable, its value and what is allowed. Nothing else reads the
//! environment, except the AWS SDK for credentials and the HTTP clients for proxies. Each section has its own file.

mod access;
mod api_keys;
mod ledger;
mod limits;
mod listen;
mod logs;
mod models;
mod sdk_variables;
mod sources;
mod store;
mod tiers;
mod traces;
mod values;
mod variables;
mod warnings;

use std::time::Duration;

use ::config::Config;

pub use self::access::{AccessSettings, AuthMode};
pub use self::listen::Listen;
pub use self::logs::Logs;
pub use self::models::Models;
pub use self::store::{SpoolSettings, StoreKind, StoreSettings};
pub use self::values::SettingsError;
use self::values::{Values, unreadable};
pub use self::warnings::SettingsWarning;
use crate::ledger::LedgerSettings;
use crate::planner::Limits;
use crate::telemetry::TraceSettings;

/// The default region of Bedrock and DynamoDB.
const DEFAULT_REGION: &str = "us-east-1";

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The addresses on which the service listens, and how it shuts down.
    pub listen: Listen,
    /// Who may call the API, and how often.
    pub access: AccessSettings,
    /// The models.
    pub models: Models,
    /// The limits of each request.
    pub limits: Limits,
    /// The store of rows and state.
    pub store: StoreSettings,
    /// Budgets, leases and sweeps.
    pub ledger: LedgerSettings,
    /// The spool for rows that the store did not accept.
    pub spool: SpoolSettings,
    /// `PLAN_CACHE_TTL_SECONDS`: how long a plan is reused for the same request; `None` turns the cache off.
    pub cache_ttl: Option<Duration>,
    /// The format and filter of the log.
    pub logs: Logs,
    /// The `OTEL_*` variables: which requests are traced, and where spans go.
    pub traces: TraceSettings,
    /// Settings that are valid, but have no effect.
    pub warnings: Vec<SettingsWarning>,
}

impl Settings {
    /// Reads the environment, and `CONFIG_FILE` if it is set.
    ///
    /// # Errors
    /// [`SettingsError`] names the first invalid variable.
    pub fn read() -> Result<Self, SettingsError> {
        sdk_variables::check(std::env::vars_os())?;
        let mut settings = Self::from_values(&sources::read(|name| std::env::var_os(name))?)?;
        let names = std::env::vars_os().map(|(name, _)| name);
        settings
            .warnings
            .extend(warnings::of_unread_variables(names));
        Ok(settings)
    }

    /// Reads the settings from these pairs of variable and value alone, for tests.
    ///
    /// # Errors
    /// [`SettingsError`] names the first invalid variable.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingsError> {
        let mut values = Config::builder();
        for (name, value) in pairs {
            values = values
                .set_override(name.to_ascii_lowercase(), value)
                .map_err(|error| unreadable(name, error.to_string()))?;
        }
        Self::from_values(&Values(
            values
                .build()
                .map_err(|error| unreadable("settings", error.to_string()))?,
        ))
    }

    fn from_values(values: &Values) -> Result<Self, SettingsError> {
        let mock = values.flag("USE_MOCK_AWS", true)?;
        let limits = limits::limits(values)?;
        Ok(Self {
            listen: Listen::from_values(values)?,
            access: AccessSettings::from_values(values)?,
            models: Models::from_values(values, mock)?,
            limits,
            store: StoreSettings::from_values(values, mock)?,
            ledger: ledger::ledger(values, limits.deadline)?,
            spool: SpoolSettings::from_values(values)?,
            cache_ttl: Some(values.seconds("PLAN_CACHE_TTL_SECONDS", 0, 0..=604_800)?)
                .filter(|ttl| !ttl.is_zero()),
            logs: Logs::from_values(values)?,
            traces: traces::traces(values)?,
            warnings: warnings::of(values),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::models::DEFAULT_MODEL;
    use super::*;
    use crate::llm::ModelName;

    #[test]
    fn the_defaults_are_all_local() {
        let settings = Settings::from_pairs([]).unwrap();

        assert_eq!(settings.models.candidates, [ModelName::offline()]);
        assert!(settings.models.classifier_model.is_none());
        assert_eq!(
            settings.store.kind,
            StoreKind::Embedded {
                folder: "data".into()
            }
        );
        assert_eq!(
            (settings.listen.port, settings.listen.management_port),
            (8000, 9464)
        );
    }

    #[test]
    fn the_aws_variables_select_regions_table_and_endpoints() {
        let settings = Settings::from_pairs([
            ("USE_MOCK_AWS", "false"),
            ("AWS_REGION", "eu-west-1"),
            ("APP_AWS_REGION", "ap-southeast-2"),
            ("BEDROCK_REGION", "us-east-1"),
            ("DYNAMODB_TABLE_NAME", "mine"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8001"),
        ])
        .unwrap();

        let endpoint = Some("http://127.0.0.1:8001".into());
        assert_eq!(
            settings.store.kind,
            StoreKind::DynamoDb {
                region: "ap-southeast-2".to_owned(),
                endpoint
            }
        );
        assert_eq!(
            settings.models.bedrock_endpoint.as_deref(),
            Some("http://127.0.0.1:4566")
        );
        assert_eq!(settings.models.candidates[0].to_string(), DEFAULT_MODEL);
        assert_eq!(settings.store.tables.usage, "mine");
    }

    #[test]
    fn the_message_for_an_invalid_value_names_the_variable_the_value_and_what_is_allowed() {
        for (name, value, part) in [
            ("PORT", "eighty", "0 to 65535"),
            ("PORT", "70000", "0 to 65535"),
            ("USE_MOCK_AWS", "perhaps", "`true` or `false`"),
            ("LLM_MODELS", "bedrock:acme.unpriced", "has no price"),
            (
                "LLM_MODELS",
                "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1",
                "exactly this id",
            ),
            ("LLM_MODELS", "offline,gpt", "bedrock:<model id>"),
            ("MAX_REQUEST_COST_USD", "-1", "amount of dollars"),
            ("LOG_FORMAT", "xml", "`json` or `pretty`"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "localhost:1", "URL"),
            ("CLASSIFIER_CONFIDENCE_THRESHOLD", "2", "0 to 1"),
            ("DYNAMODB_TABLE_NAME", "a b", "table"),
            ("BIND_ADDRESS", "everywhere", "IP address"),
            (
                "LEDGER_LEASE_SECONDS",
                "90",
                "more than REQUEST_DEADLINE_SECONDS",
            ),
            ("DAILY_BUDGET_USD", "five", "amount of dollars"),
            ("CLIENT_DAILY_BUDGET_USD", "1e3", "amount of dollars"),
            ("OPENAI_BASE_URL", "file:///x", "URL"),
            ("BEDROCK_REGION", "us-nowhere-1", "AWS region"),
            ("APP_AWS_REGION", "Sydney", "AWS region"),
            ("AWS_REGION", "us-east-1a", "AWS region"),
            (
                "DYNAMODB_STATE_TABLE_NAME",
                "ai-router-usage-logs",
                "another table",
            ),
        ] {
            let message = Settings::from_pairs([(name, value)])
                .unwrap_err()
                .to_string();
            assert!(
                message.contains(name)
                    && message.contains(value.split(',').next_back().unwrap())
                    && message.contains(part),
                "{message}"
            );
        }
    }
}
