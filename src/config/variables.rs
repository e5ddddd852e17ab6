//! The variables that the service knows, each with the type of its value. A key of `CONFIG_FILE` that is not here is refused, and a
//! variable that is not here cannot be read.

/// A variable.
#[derive(Debug)]
pub(super) struct Variable {
    /// Its name in the environment; in `CONFIG_FILE` it is in lower case.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text; lists are separated by commas.
    Text,
    /// A whole number.
    Integer,
    /// A number with or without decimals.
    Decimal,
    /// `true` or `false`.
    Boolean,
}

impl Kind {
    /// Returns what a value in `CONFIG_FILE` must be.
    pub const fn allowed(self) -> &'static str {
        match self {
            Self::Text => "must be a string; a list is one string with commas",
            Self::Integer => "must be a whole number",
            Self::Decimal => "must be a number",
            Self::Boolean => "must be `true` or `false`",
        }
    }
}

const fn text(name: &'static str) -> Variable {
    let kind = Kind::Text;
    Variable { name, kind }
}

const fn integer(name: &'static str) -> Variable {
    let kind = Kind::Integer;
    Variable { name, kind }
}

const fn decimal(name: &'static str) -> Variable {
    let kind = Kind::Decimal;
    Variable { name, kind }
}

const fn boolean(name: &'static str) -> Variable {
    let kind = Kind::Boolean;
    Variable { name, kind }
}

/// All variables, in the order of the documentation.
pub(super) const VARIABLES: [Variable; 55] = [
    // Models
    boolean("USE_MOCK_AWS"),
    text("LLM_MODELS"),
    text("OPENAI_BASE_URL"),
    text("OPENAI_API_KEY"),
    text("CLASSIFIER_MODEL"),
    decimal("CLASSIFIER_CONFIDENCE_THRESHOLD"),
    text("MODELS_FILE"),
    // AWS and storage
    text("AWS_REGION"),
    text("APP_AWS_REGION"),
    text("BEDROCK_REGION"),
    text("DYNAMODB_TABLE_NAME"),
    text("DYNAMODB_STATE_TABLE_NAME"),
    text("AWS_ENDPOINT_URL"),
    text("AWS_ENDPOINT_URL_DYNAMODB"),
    text("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
    text("DATA_DIR"),
    text("SPOOL_DIR"),
    boolean("SPOOL_SHARED"),
    integer("SPOOL_MAX_MB"),
    integer("STORE_TIMEOUT_MS"),
    integer("USAGE_RETENTION_DAYS"),
    integer("PLAN_RETENTION_DAYS"),
    // Network
    text("BIND_ADDRESS"),
    integer("PORT"),
    integer("MANAGEMENT_PORT"),
    integer("TRUSTED_PROXY_HOPS"),
    text("CORS_ALLOWED_ORIGINS"),
    // Access and rate limits
    text("AUTH_MODE"),
    text("API_KEYS"),
    text("API_KEYS_FILE"),
    text("JWT_ISSUER"),
    text("JWT_AUDIENCE"),
    text("JWKS_URL"),
    text("JWT_REQUIRED_SCOPE"),
    text("TIERS"),
    text("TIERS_FILE"),
    integer("RATE_LIMIT_PER_MINUTE"),
    integer("RATE_LIMIT_BURST"),
    text("REDIS_URL"),
    // Budgets and request limits
    integer("MAX_INPUT_TOKENS"),
    integer("MAX_OUTPUT_TOKENS"),
    decimal("MAX_REQUEST_COST_USD"),
    decimal("DAILY_BUDGET_USD"),
    decimal("CLIENT_DAILY_BUDGET_USD"),
    decimal("OUTAGE_ALLOWANCE_USD"),
    integer("MAX_IN_FLIGHT"),
    integer("PLAN_CACHE_TTL_SECONDS"),
    // Timing
    integer("REQUEST_DEADLINE_SECONDS"),
    integer("LLM_ATTEMPT_TIMEOUT_SECONDS"),
    integer("LEDGER_LEASE_SECONDS"),
    integer("LEDGER_SWEEP_SECONDS"),
    integer("DRAIN_DELAY_SECONDS"),
    integer("SHUTDOWN_GRACE_SECONDS"),
    // Logging
    text("LOG_FORMAT"),
    text("RUST_LOG"),
];

/// The proxy variables, which the HTTP clients read from the environment by themselves. They have no key in `CONFIG_FILE`.
pub(super) const PROXY_VARIABLES: [&str; 3] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/// The standard variables of OpenTelemetry that count. They have no key in `CONFIG_FILE`: the exporter reads its headers from the
/// environment by itself.
pub(super) const OTEL_VARIABLES: [&str; 23] = [
    "OTEL_SDK_DISABLED",
    "OTEL_TRACES_EXPORTER",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    "OTEL_PROPAGATORS",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OTEL_SERVICE_NAME",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
];

/// Returns whether a variable with this name is read.
pub(super) fn is_known(name: &str) -> bool {
    PROXY_VARIABLES.contains(&name)
        || OTEL_VARIABLES.contains(&name)
        || VARIABLES.iter().any(|variable| variable.name == name)
}

/// Returns the variable with this key, which is its name in lower case.
pub(super) fn with_key(key: &str) -> Option<&'static Variable> {
    VARIABLES
        .iter()
        .find(|variable| variable.name.to_ascii_lowercase() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_every_variable_of_opentelemetry() {
        let guide = include_str!("../../docs/operations.md");
        for name in OTEL_VARIABLES {
            assert!(guide.contains(&format!("`{name}`")), "{name}");
        }
    }
}
