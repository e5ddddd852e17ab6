//! What happens once at start-up: raising the limit of open files, and telling how the service runs.

use std::net::SocketAddr;

use crate::config::{AuthMode, Settings, SettingsWarning, StoreKind};
use crate::llm::{ModelName, Provider};
use crate::redis;
use crate::telemetry::LogFormat;
use crate::telemetry::events::{self, Startup};

/// The configuration as reported by the start-up event, and what to say about it.
pub(super) struct StartupReport {
    mode: String,
    models: String,
    store: String,
    auth_mode: &'static str,
    remote: String,
    warnings: Vec<SettingsWarning>,
    /// With the readable log format: the address at which a person on this machine reaches the service.
    introduction: Option<std::net::IpAddr>,
}

impl StartupReport {
    pub fn of(settings: &Settings) -> Self {
        let models = settings.models.candidates.iter().map(ToString::to_string);
        let listen = &settings.listen;
        Self {
            mode: mode(settings),
            models: models.collect::<Vec<_>>().join(","),
            store: store_name(&settings.store.kind),
            auth_mode: auth_mode(&settings.access.mode),
            remote: remote(settings).join(", "),
            warnings: settings.warnings.clone(),
            introduction: (settings.logs.format == LogFormat::Pretty)
                .then(|| listen.local_address()),
        }
    }

    pub fn log(&self, port: u16, management_port: u16) {
        events::application_startup(&Startup {
            mode: &self.mode,
            port,
            management_port,
            models: &self.models,
            store: &self.store,
            auth_mode: self.auth_mode,
            remote: &self.remote,
        });
        for warning in &self.warnings {
            events::startup_warning(&warning.setting, &warning.message);
        }
        if let Some(address) = self.introduction {
            introduce(SocketAddr::new(address, port), self.auth_mode);
        }
    }
}

/// Logs where the documentation is and how to ask for a plan, for a person who has just started the service. The lines have no
/// fields, so that they are written alone and can be copied.
fn introduce(address: SocketAddr, auth_mode: &str) {
    let base = if address.ip().is_loopback() && address.is_ipv4() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    };
    let credentials = match auth_mode {
        "api_key" => " -H \"X-API-Key: $API_KEY\"",
        "jwt" => " -H \"Authorization: Bearer $TOKEN\"",
        _ => "",
    };
    tracing::info!("API documentation: {base}/docs/");
    tracing::info!("Ask for a plan:");
    tracing::info!(
        r#"  curl {base}/api/v1/generate-plan{credentials} -H "Content-Type: application/json" -d '{{"goal": "Learn to play the piano, 3 hours a week"}}'"#
    );
}

/// Raises the limit of open files: thousands of calls in flight take two sockets each, and the soft limit is often 1,024. If that
/// fails, the service runs with the limit there is.
pub(super) fn raise_open_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        let message = format!("the limit of open files could not be raised: {error}");
        events::startup_warning("RLIMIT_NOFILE", &message);
    }
}

/// Returns how the service runs in one phrase. "Fully local" means that it calls no other server at all.
fn mode(settings: &Settings) -> String {
    let planner = match &settings.models.classifier_model {
        _ if calls_models(&settings.models.candidates) => "models",
        Some(_) => "offline planner, a model for unsure goals",
        None => "offline planner",
    };
    let remote = remote(settings);
    let store = match settings.store.kind {
        StoreKind::Embedded { .. } | StoreKind::EmbeddedInMemory => "embedded store",
        StoreKind::DynamoDb { .. } => "DynamoDB",
    };
    if remote.is_empty() {
        format!("fully local: {planner} and {store}, no account and no network")
    } else {
        format!("{planner}, {store}; it calls {}", remote.join(", "))
    }
}

fn calls_models(models: &[ModelName]) -> bool {
    models.iter().any(|name| name.provider != Provider::Offline)
}

/// Returns the servers that the process calls, as configured, without credentials.
fn remote(settings: &Settings) -> Vec<String> {
    let models = &settings.models;
    let is_called = |provider| {
        let mut names = models.candidates.iter().chain(&models.classifier_model);
        names.any(|name| name.provider == provider)
    };
    let mut remote = Vec::new();
    if let StoreKind::DynamoDb { .. } = &settings.store.kind {
        remote.push(store_name(&settings.store.kind));
    }
    if is_called(Provider::Bedrock) {
        remote.push(match &models.bedrock_endpoint {
            Some(endpoint) => format!("Bedrock at {endpoint}"),
            None => format!("Bedrock in {}", models.bedrock_region),
        });
    }
    if is_called(Provider::OpenAi) {
        remote.push(format!("the models at {}", models.openai));
    }
    if let Some(url) = &settings.access.redis_url {
        remote.push(format!("Redis at {}", redis::address(url)));
    }
    if let AuthMode::Jwt(tokens) = &settings.access.mode {
        remote.push(format!("the keys at {}", tokens.jwks_url));
    }
    if let Some(export) = &settings.traces.export {
        remote.push(format!("the collector at {}", export.endpoint));
    }
    remote
}

const fn auth_mode(mode: &AuthMode) -> &'static str {
    match mode {
        AuthMode::Open => "none",
        AuthMode::ApiKey(_) => "api_key",
        AuthMode::Jwt(_) => "jwt",
    }
}

fn store_name(kind: &StoreKind) -> String {
    match kind {
        StoreKind::Embedded { folder } => format!("embedded in {}", folder.display()),
        StoreKind::EmbeddedInMemory => "embedded in memory".to_owned(),
        StoreKind::DynamoDb { region, endpoint } => endpoint.as_ref().map_or_else(
            || format!("DynamoDB in {region}"),
            |endpoint| format!("DynamoDB at {endpoint}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn report(pairs: &[(&str, &str)]) -> StartupReport {
        StartupReport::of(&Settings::from_pairs(pairs.iter().copied()).unwrap())
    }

    #[test]
    fn only_a_service_that_calls_nothing_is_fully_local() {
        let local = report(&[]);
        assert!(
            local.mode.starts_with("fully local: offline planner"),
            "{}",
            local.mode
        );
        assert_eq!((&*local.remote, local.auth_mode), ("", "none"));

        for (pairs, mode, remote) in [
            (
                vec![(
                    "CLASSIFIER_MODEL",
                    "bedrock:global.anthropic.claude-haiku-5-5",
                )],
                "offline planner, a model for unsure goals, embedded store",
                "Bedrock in us-east-1",
            ),
            (
                vec![
                    ("USE_MOCK_AWS", "false"),
                    ("LLM_MODELS", "offline"),
                    ("AWS_REGION", "eu-west-1"),
                ],
                "offline planner, DynamoDB",
                "DynamoDB in eu-west-1",
            ),
            (
                vec![("REDIS_URL", "redis://user:secret@cache:6380/0")],
                "offline planner, embedded store",
                "Redis at cache:6380",
            ),
            (
                vec![
                    ("USE_MOCK_AWS", "false"),
                    ("AWS_ENDPOINT_URL", "http://user:secret@localstack:4566"),
                ],
                "models, DynamoDB",
                "DynamoDB at http://localstack:4566, Bedrock at http://localstack:4566",
            ),
            (
                vec![("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")],
                "offline planner, embedded store",
                "the collector at http://collector:4318",
            ),
            (
                vec![
                    ("AUTH_MODE", "jwt"),
                    ("JWT_ISSUER", "https://issuer.example"),
                    ("JWT_AUDIENCE", "a"),
                    ("JWKS_URL", "https://issuer.example/keys"),
                ],
                "offline planner, embedded store",
                "the keys at https://issuer.example",
            ),
        ] {
            let report = report(&pairs);
            assert_eq!(report.remote, remote);
            assert_eq!(report.mode, format!("{mode}; it calls {remote}"));
        }
    }

    #[test]
    fn the_way_clients_authenticate_is_reported() {
        let keys = format!("web:{DIGEST}");
        let report = report(&[("AUTH_MODE", "api_key"), ("API_KEYS", &keys)]);
        assert_eq!(report.auth_mode, "api_key");
    }
}
