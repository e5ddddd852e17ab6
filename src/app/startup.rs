//! What happens once at start-up: raising the limit of open files, and the start-up event.

use crate::config::{Settings, StoreKind};
use crate::llm::Provider;
use crate::telemetry::events;

/// The configuration as reported by the start-up event.
pub(super) struct StartupReport {
    mode: &'static str,
    models: String,
    store: String,
}

impl StartupReport {
    pub fn of(settings: &Settings) -> Self {
        let models = settings.models.candidates.iter().map(ToString::to_string);
        Self {
            mode: mode(settings),
            models: models.collect::<Vec<_>>().join(","),
            store: store_name(&settings.store.kind),
        }
    }

    pub fn log(&self, port: u16, management_port: u16) {
        events::application_startup(self.mode, port, management_port, &self.models, &self.store);
    }
}

/// Raises the limit of open files: thousands of calls in flight take two sockets each, and the soft limit is often 1,024. If that
/// fails, the service runs with the limit there is.
pub(super) fn raise_open_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(event_type = "application_startup", error_message = %error, "the limit of open files could not be raised");
    }
}

fn mode(settings: &Settings) -> &'static str {
    let offline = settings
        .models
        .candidates
        .iter()
        .all(|name| name.provider == Provider::Offline);
    let local = !matches!(settings.store.kind, StoreKind::DynamoDb { .. });
    match (offline, local) {
        (true, true) => {
            "fully local: offline planner and embedded store, no account and no network"
        }
        (true, false) => "offline planner, DynamoDB",
        (false, true) => "models, embedded store",
        (false, false) => "models, DynamoDB",
    }
}

fn store_name(kind: &StoreKind) -> String {
    match kind {
        StoreKind::Embedded { folder } => format!("embedded in {}", folder.display()),
        StoreKind::EmbeddedInMemory => "embedded in memory".to_owned(),
        StoreKind::DynamoDb { region, endpoint } => endpoint
            .as_ref()
            .map_or_else(|| format!("DynamoDB in {region}"), ToString::to_string),
    }
}
