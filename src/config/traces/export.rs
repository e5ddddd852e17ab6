//! Where spans go: endpoint, protocol, headers, timeout and compression.

use std::time::Duration;

use super::key_value_pairs;
use crate::config::values::{SettingsError, Values, bad_value, unreadable};
use crate::service_url::ServiceUrl;
use crate::telemetry::{Compression, ExportSettings, Protocol};

/// The default protocol and its endpoint, as OpenTelemetry specifies them.
const DEFAULT_PROTOCOL: Protocol = Protocol::HttpProtobuf;
const DEFAULT_GRPC_ENDPOINT: &str = "http://localhost:4317";
const DEFAULT_HTTP_ENDPOINT: &str = "http://localhost:4318";
const DEFAULT_TIMEOUT_MS: u64 = 10_000;
/// The path of traces below a general HTTP endpoint.
const TRACES_PATH: &str = "/v1/traces";

pub(super) const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
pub(super) const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
// Each for traces, or else for all signals.
const PROTOCOL: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];
const TIMEOUT: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
];
const COMPRESSION: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
];
const HEADERS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_HEADERS",
];

/// Returns where spans go: nowhere, unless an endpoint is set or the exporter is named.
pub(super) fn export(values: &Values) -> Result<Option<ExportSettings>, SettingsError> {
    let protocol = protocol(values)?;
    let timeout = first_of(values, TIMEOUT).map_or(Ok(DEFAULT_TIMEOUT_MS), |(name, _)| {
        values.number(name, DEFAULT_TIMEOUT_MS, 1..=600_000)
    })?;
    let compression = compression(values)?;
    check_headers(values)?;
    let endpoint = endpoint(values, protocol)?;
    let is_disabled = values.flag("OTEL_SDK_DISABLED", false)?;
    let exporter = values.text("OTEL_TRACES_EXPORTER");
    let is_on = match exporter.as_deref() {
        None => endpoint.is_some(),
        Some("otlp") => true,
        Some("none") => false,
        Some(other) => {
            let allowed = "must be `otlp` or `none`";
            return Err(bad_value("OTEL_TRACES_EXPORTER", &other, allowed));
        }
    };
    if is_disabled || !is_on {
        return Ok(None);
    }
    let (variable, endpoint) = endpoint.unwrap_or_else(|| (ENDPOINT, default_endpoint(protocol)));
    Ok(Some(ExportSettings {
        endpoint,
        variable,
        protocol,
        timeout: Duration::from_millis(timeout),
        compression,
    }))
}

fn default_endpoint(protocol: Protocol) -> ServiceUrl {
    match protocol {
        Protocol::Grpc => DEFAULT_GRPC_ENDPOINT.into(),
        Protocol::HttpProtobuf | Protocol::HttpJson => {
            format!("{DEFAULT_HTTP_ENDPOINT}{TRACES_PATH}").into()
        }
    }
}

/// Returns the endpoint with the variable that gave it. For HTTP, the path of traces is appended to the general endpoint.
fn endpoint(
    values: &Values,
    protocol: Protocol,
) -> Result<Option<(&'static str, ServiceUrl)>, SettingsError> {
    let (name, value) = match (values.text(TRACES_ENDPOINT), values.text(ENDPOINT)) {
        (Some(value), _) => (TRACES_ENDPOINT, value),
        (None, Some(value)) => (ENDPOINT, value),
        (None, None) => return Ok(None),
    };
    let url = url::Url::parse(&value).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if url.is_none() {
        let allowed = "must be an http or https URL without user name, password and query, such as http://localhost:4317";
        return Err(bad_value(name, &value, allowed));
    }
    let value = if name == ENDPOINT && protocol != Protocol::Grpc {
        format!("{}{TRACES_PATH}", value.trim_end_matches('/'))
    } else {
        value
    };
    Ok(Some((name, value.into())))
}

fn protocol(values: &Values) -> Result<Protocol, SettingsError> {
    let allowed = "must be `grpc`, `http/protobuf` or `http/json`";
    first_of(values, PROTOCOL).map_or(Ok(DEFAULT_PROTOCOL), |(name, value)| {
        value.parse().map_err(|()| bad_value(name, &value, allowed))
    })
}

fn compression(values: &Values) -> Result<Compression, SettingsError> {
    let allowed = "must be `gzip` or `none`";
    first_of(values, COMPRESSION).map_or(Ok(Compression::None), |(name, value)| {
        value.parse().map_err(|()| bad_value(name, &value, allowed))
    })
}

/// Returns the first of two variables that is set, with its value.
fn first_of(values: &Values, names: [&'static str; 2]) -> Option<(&'static str, String)> {
    names
        .into_iter()
        .find_map(|name| Some((name, values.text(name)?)))
}

/// Checks the headers, which the exporter reads by itself and of which it ignores those that it cannot read. They may be secrets.
fn check_headers(values: &Values) -> Result<(), SettingsError> {
    for name in HEADERS {
        if let Some(value) = values.text(name) {
            let pairs = key_value_pairs(&value).filter(|pairs| pairs.iter().all(is_header));
            pairs.ok_or_else(|| {
                let form = "must have the form `name=value,name=value`, with names of HTTP headers and values in visible ASCII";
                unreadable(name, form)
            })?;
        }
    }
    Ok(())
}

/// Returns whether the exporter would send this header. It leaves out what is none without a word.
fn is_header((name, value): &(String, String)) -> bool {
    reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
}
