//! All settings: environment variables over an optional `CONFIG_FILE` over defaults, validated before anything starts.
//!
//! ```text
//! LOG_FORMAT=pretty PORT=8080 goal-router
//! CONFIG_FILE=settings.toml goal-router      # port = 8080
//! ```
//! A bad value stops the start with the variable's name, the value and what is allowed. Nobody else reads the environment,
//! save the AWS SDK for credentials.

mod access;
mod clients;
mod values;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use config::{Config, Environment, File};
use secrecy::SecretString;

pub use self::access::{AccessSettings, AuthMode};
pub use self::values::SettingsError;
use self::values::{Values, unreadable};
use crate::dynamodb::TableNames;
use crate::ledger::LedgerSettings;
use crate::llm::catalogue::ModelCatalogue;
use crate::llm::{ModelName, Provider};
use crate::planner::Limits;
use crate::telemetry::LogFormat;

/// Where Bedrock is asked without configuration.
const DEFAULT_REGION: &str = "us-east-1";
/// The model without configuration, once `USE_MOCK_AWS` is false: the cheapest of the catalogue, on the profile that is
/// cheapest where profiles differ in price.
const DEFAULT_MODEL: &str = "bedrock:global.anthropic.claude-haiku-5-5";

/// Long enough not to be a storm of probes, short enough that nobody waits for the store once it is back.
const STORE_OPEN_DURATION: Duration = Duration::from_millis(500);
/// Where OpenAI-compatible models are asked without configuration.
const DEFAULT_OPENAI_BASE: &str = "https://api.openai.com/v1";

/// Our events, without the web server's own account of its workers and of requests that were no HTTP, and without the
/// embedded engine's of tables that are there already.
const DEFAULT_FILTER: &str = "info,actix_server=warn,actix_http=off,dynoxide=error";

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the service listens.
    pub listen: Listen,
    /// Who may ask, and how often.
    pub access: AccessSettings,
    /// Which models write plans.
    pub models: Models,
    /// What a request may take.
    pub limits: Limits,
    /// Where rows are kept.
    pub store: StoreSettings,
    /// Budgets, leases and sweeps.
    pub ledger: LedgerSettings,
    /// Where rows wait that the store does not take.
    pub spool: SpoolSettings,
    /// `PLAN_CACHE_TTL_SECONDS`: how long plans are handed out again; not at all without it.
    pub cache_ttl: Option<Duration>,
    /// How it logs.
    pub logs: Logs,
}

/// Where the service listens, and how it stops.
#[derive(Debug, Clone)]
pub struct Listen {
    /// `BIND_ADDRESS`
    pub address: IpAddr,
    /// `PORT`; 0 lets the system choose.
    pub port: u16,
    /// `MANAGEMENT_PORT`; 0 lets the system choose.
    pub management_port: u16,
    /// `MAX_IN_FLIGHT`: plans in the making at most.
    pub max_in_flight: usize,
    /// `DRAIN_DELAY_SECONDS`: how long requests are still served after SIGTERM, until load balancers have taken note.
    pub drain_delay: Duration,
    /// `SHUTDOWN_GRACE_SECONDS`: how long requests in flight may take after that.
    pub shutdown_grace: Duration,
}

/// Which models are asked.
#[derive(Debug, Clone)]
pub struct Models {
    /// `LLM_MODELS`, in the order in which they are asked.
    pub candidates: Vec<ModelName>,
    /// `CLASSIFIER_MODEL`: asked for the category of an unsure goal.
    pub classifier_model: Option<ModelName>,
    /// The catalogue, with `MODELS_FILE` before it.
    pub catalogue: ModelCatalogue,
    /// `BEDROCK_REGION`
    pub bedrock_region: String,
    /// `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, else `AWS_ENDPOINT_URL`
    pub bedrock_endpoint: Option<String>,
    /// `OPENAI_BASE_URL`
    pub openai_base: String,
    /// `OPENAI_API_KEY`
    pub openai_key: Option<SecretString>,
}

/// Where rows are kept.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Which store.
    pub kind: StoreKind,
    /// The tables' names.
    pub tables: TableNames,
    /// `STORE_TIMEOUT_MS`: how long one write may take.
    pub timeout: Duration,
    /// `USAGE_RETENTION_DAYS`: how long usage rows are kept.
    pub usage_retention: chrono::TimeDelta,
}

/// Where rows wait that the store does not take.
#[derive(Debug, Clone)]
pub struct SpoolSettings {
    /// `SPOOL_DIR`
    pub folder: PathBuf,
    /// `SPOOL_MAX_MB`: above this nothing more is begun without the store.
    pub max_bytes: u64,
}

/// Which store the rows are kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreKind {
    /// `USE_MOCK_AWS=true`: the engine in this process, over a file in `DATA_DIR`.
    Embedded {
        /// `DATA_DIR`
        folder: PathBuf,
    },
    /// The same engine, in memory: for tests and one-off commands.
    EmbeddedInMemory,
    /// DynamoDB.
    DynamoDb {
        /// `APP_AWS_REGION`, else `AWS_REGION`
        region: String,
        /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`
        endpoint: Option<String>,
    },
}

/// How it logs.
#[derive(Debug, Clone)]
pub struct Logs {
    /// `LOG_FORMAT`
    pub format: LogFormat,
    /// `RUST_LOG`
    pub filter: String,
}

impl Settings {
    /// Reads the environment, and `CONFIG_FILE` where it is set.
    ///
    /// # Errors
    /// [`SettingsError`] names the first variable that is wrong.
    pub fn read() -> Result<Self, SettingsError> {
        let environment = Environment::default().ignore_empty(true);
        let file = Config::builder()
            .add_source(environment.clone())
            .build()
            .map_err(|error| unreadable("the environment", error.to_string()))?
            .get_string("config_file")
            .ok();
        let mut sources = Config::builder();
        if let Some(file) = &file {
            sources = sources.add_source(File::with_name(file).format(config::FileFormat::Toml));
        }
        let values = sources
            .add_source(environment)
            .build()
            .map_err(|error| unreadable("CONFIG_FILE", error.to_string()))?;
        Self::from_values(&Values(values))
    }

    /// Settings from these pairs alone, as tests have them; names are those of the variables.
    ///
    /// # Errors
    /// [`SettingsError`] names the first variable that is wrong.
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
        let mock = values
            .parsed::<bool>("USE_MOCK_AWS", "must be `true` or `false`")?
            .unwrap_or(true);
        let attempt = values.seconds("LLM_ATTEMPT_TIMEOUT_SECONDS", 60, 1..=600)?;
        let deadline = values.seconds("REQUEST_DEADLINE_SECONDS", 90, 2..=3600)?;
        let settings = Self {
            listen: Listen {
                address: values
                    .parsed("BIND_ADDRESS", "must be an IP address")?
                    .unwrap_or(IpAddr::from([0, 0, 0, 0])),
                port: values
                    .number("PORT", 8000, 0..=65535)?
                    .try_into()
                    .unwrap_or(8000),
                management_port: values
                    .number("MANAGEMENT_PORT", 9464, 0..=65535)?
                    .try_into()
                    .unwrap_or(9464),
                max_in_flight: usize::try_from(values.number(
                    "MAX_IN_FLIGHT",
                    4000,
                    1..=1_000_000,
                )?)
                .unwrap_or(4000),
                drain_delay: values.seconds("DRAIN_DELAY_SECONDS", 5, 0..=300)?,
                shutdown_grace: values.seconds("SHUTDOWN_GRACE_SECONDS", 100, 0..=600)?,
            },
            access: AccessSettings::from_values(values)?,
            models: Models::from_values(values, mock)?,
            limits: Limits {
                max_input_tokens: values.number("MAX_INPUT_TOKENS", 2000, 1..=1_000_000)?,
                max_output_tokens: u32::try_from(values.number(
                    "MAX_OUTPUT_TOKENS",
                    4000,
                    100..=128_000,
                )?)
                .unwrap_or(4000),
                max_request_cost: values.money("MAX_REQUEST_COST_USD", "0.50")?,
                confidence_threshold: values.share("CLASSIFIER_CONFIDENCE_THRESHOLD", 0.6)?,
                deadline,
                attempt_timeout: attempt,
            },
            store: StoreSettings::from_values(values, mock)?,
            ledger: ledger(values, deadline)?,
            spool: SpoolSettings {
                folder: values
                    .text("SPOOL_DIR")
                    .map_or_else(|| data_folder(values).join("spool"), PathBuf::from),
                max_bytes: values.number("SPOOL_MAX_MB", 256, 1..=1_000_000)? << 20,
            },
            cache_ttl: Some(values.seconds("PLAN_CACHE_TTL_SECONDS", 0, 0..=604_800)?)
                .filter(|ttl| !ttl.is_zero()),
            logs: Logs {
                format: values
                    .parsed::<LogFormat>("LOG_FORMAT", "must be `json` or `pretty`")?
                    .unwrap_or(LogFormat::Json),
                filter: values
                    .text("RUST_LOG")
                    .unwrap_or_else(|| DEFAULT_FILTER.to_owned()),
            },
        };
        Ok(settings)
    }
}

impl Models {
    fn from_values(values: &Values, mock: bool) -> Result<Self, SettingsError> {
        let overrides = values.file("MODELS_FILE")?;
        let catalogue =
            ModelCatalogue::read(overrides.as_deref()).map_err(|why| SettingsError::BadFile {
                name: "MODELS_FILE".to_owned(),
                why,
            })?;
        let list = values.text("LLM_MODELS").unwrap_or_else(|| {
            if mock {
                "offline".to_owned()
            } else {
                DEFAULT_MODEL.to_owned()
            }
        });
        let authors = list
            .split(',')
            .map(|name| priced_model("LLM_MODELS", name, &catalogue))
            .collect::<Result<Vec<_>, _>>()?;
        let sorter = match values.text("CLASSIFIER_MODEL") {
            Some(name) => Some(priced_model("CLASSIFIER_MODEL", &name, &catalogue)?),
            None => authors
                .iter()
                .find(|author| author.provider != Provider::Offline)
                .cloned(),
        };
        Ok(Self {
            candidates: authors,
            classifier_model: sorter.filter(|sorter| sorter.provider != Provider::Offline),
            catalogue,
            bedrock_region: values
                .text("BEDROCK_REGION")
                .unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            bedrock_endpoint: values.endpoint("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")?,
            openai_base: values.url("OPENAI_BASE_URL", DEFAULT_OPENAI_BASE)?,
            openai_key: values.text("OPENAI_API_KEY").map(SecretString::from),
        })
    }
}

impl StoreSettings {
    fn from_values(values: &Values, mock: bool) -> Result<Self, SettingsError> {
        let region = values
            .text("APP_AWS_REGION")
            .or_else(|| values.text("AWS_REGION"))
            .unwrap_or_else(|| DEFAULT_REGION.to_owned());
        let kind = if mock {
            StoreKind::Embedded {
                folder: data_folder(values),
            }
        } else {
            StoreKind::DynamoDb {
                region,
                endpoint: values.endpoint("AWS_ENDPOINT_URL_DYNAMODB")?,
            }
        };
        Ok(Self {
            kind,
            tables: TableNames {
                usage: values.table("DYNAMODB_TABLE_NAME", "ai-router-usage-logs")?,
                state: values.table("DYNAMODB_STATE_TABLE_NAME", "ai-router-state")?,
            },
            timeout: store_timeout(values)?,
            usage_retention: chrono::TimeDelta::days(
                i64::try_from(values.number("USAGE_RETENTION_DAYS", 400, 1..=3650)?).unwrap_or(400),
            ),
        })
    }
}

fn ledger(values: &Values, deadline: Duration) -> Result<LedgerSettings, SettingsError> {
    let lease = values.number("LEDGER_LEASE_SECONDS", 180, 1..=86_400)?;
    if lease <= deadline.as_secs() {
        return Err(SettingsError::BadValue {
            name: "LEDGER_LEASE_SECONDS".to_owned(),
            value: lease.to_string(),
            allowed: format!(
                "must be more than REQUEST_DEADLINE_SECONDS, which is {}: a request that still runs must not be taken for dead",
                deadline.as_secs()
            ),
        });
    }
    Ok(LedgerSettings {
        service_limit: values.money("DAILY_BUDGET_USD", "5.00")?,
        outage_allowance: values.money("OUTAGE_ALLOWANCE_USD", "0")?,
        store_timeout: store_timeout(values)?,
        store_open_duration: STORE_OPEN_DURATION,
        lease: chrono::TimeDelta::seconds(i64::try_from(lease).unwrap_or(180)),
        sweep: values.seconds("LEDGER_SWEEP_SECONDS", 30, 1..=3600)?,
    })
}

fn store_timeout(values: &Values) -> Result<Duration, SettingsError> {
    values
        .number("STORE_TIMEOUT_MS", 250, 10..=60_000)
        .map(Duration::from_millis)
}

fn data_folder(values: &Values) -> PathBuf {
    values
        .text("DATA_DIR")
        .unwrap_or_else(|| "data".to_owned())
        .into()
}

fn priced_model(
    variable: &str,
    name: &str,
    catalogue: &ModelCatalogue,
) -> Result<ModelName, SettingsError> {
    let bad = |allowed: String| SettingsError::BadValue {
        name: variable.to_owned(),
        value: name.trim().to_owned(),
        allowed,
    };
    let model: ModelName = name.parse().map_err(bad)?;
    if catalogue.capabilities(&model).is_none() {
        return Err(bad(format!(
            "has no price; known models are offline, {} (or give a price in MODELS_FILE)",
            catalogue.known()
        )));
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_variables_everything_is_local() {
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
    fn the_variables_of_the_original_choose_region_table_and_store() {
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

        let endpoint = Some("http://127.0.0.1:8001".to_owned());
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
    fn a_bad_value_names_its_variable_itself_and_what_is_allowed() {
        for (name, value, part) in [
            ("PORT", "eighty", "0 to 65535"),
            ("PORT", "70000", "0 to 65535"),
            ("USE_MOCK_AWS", "perhaps", "`true` or `false`"),
            ("LLM_MODELS", "bedrock:acme.unpriced", "has no price"),
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
