//! Settings that are valid, but do not do what somebody who set them may expect. They are logged once, at the start.

use std::ffi::OsString;

use super::values::Values;
use super::variables::{OTEL_VARIABLES, is_known};
use crate::nearest_name::nearest;

/// A setting to be warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsWarning {
    /// The variable, or several separated by commas.
    pub setting: String,
    /// What to know about it.
    pub message: String,
}

/// Returns the warnings about these values.
pub(super) fn of(values: &Values) -> Vec<SettingsWarning> {
    let mut warnings: Vec<_> = unused_credentials(values).into_iter().collect();
    warnings.extend(unused_sampler_share(values));
    let proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    warnings.extend(
        proxies
            .iter()
            .filter_map(|name| unusable_proxy(values, name)),
    );
    warnings
}

/// Keys and token settings of another `AUTH_MODE`. Somebody who sets them may believe that the API is protected.
fn unused_credentials(values: &Values) -> Option<SettingsWarning> {
    const OF_MODES: [(&str, &[&str]); 2] = [
        ("api_key", &["API_KEYS", "API_KEYS_FILE"]),
        (
            "jwt",
            &[
                "JWT_ISSUER",
                "JWT_AUDIENCE",
                "JWKS_URL",
                "JWT_REQUIRED_SCOPE",
            ],
        ),
    ];
    let mode = values
        .text("AUTH_MODE")
        .unwrap_or_else(|| "none".to_owned());
    let unused: Vec<&str> = OF_MODES
        .iter()
        .filter(|(other, _)| *other != mode)
        .flat_map(|(_, variables)| variables.iter().copied())
        .filter(|name| values.text(name).is_some())
        .collect();
    (!unused.is_empty()).then(|| SettingsWarning {
        setting: unused.join(", "),
        message: format!(
            "AUTH_MODE={mode} ignores {}{}",
            unused.join(", "),
            if mode == "none" {
                ": everyone may call the API"
            } else {
                ""
            }
        ),
    })
}

/// A share of the traces for a sampler that has none.
fn unused_sampler_share(values: &Values) -> Option<SettingsWarning> {
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    values.text(ARGUMENT)?;
    let sampler = values.text("OTEL_TRACES_SAMPLER").unwrap_or_default();
    (!sampler.ends_with("traceidratio")).then(|| SettingsWarning {
        setting: ARGUMENT.to_owned(),
        message: format!("{ARGUMENT} has no effect unless OTEL_TRACES_SAMPLER is traceidratio or parentbased_traceidratio"),
    })
}

/// Variables of OpenTelemetry that are not read. Somebody who sets them may believe that they have an effect.
pub(super) fn of_unread_variables(
    names: impl IntoIterator<Item = OsString>,
) -> Vec<SettingsWarning> {
    let names = names.into_iter().filter_map(|name| name.into_string().ok());
    let unread = names.filter(|name| name.starts_with("OTEL_") && !is_known(name));
    unread
        .map(|name| {
            let meant = nearest(&name, OTEL_VARIABLES.into_iter());
            let meant = meant.map(|meant| format!("; did you mean {meant}?"));
            SettingsWarning {
                message: format!("{name} has no effect here{}", meant.unwrap_or_default()),
                setting: name,
            }
        })
        .collect()
}

/// A proxy that the HTTP clients cannot use.
fn unusable_proxy(values: &Values, name: &str) -> Option<SettingsWarning> {
    let value = values.text(name)?;
    let url = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    let is_usable = url::Url::parse(&url)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    (!is_usable).then(|| SettingsWarning {
        setting: name.to_owned(),
        message: format!(
            "{name} is not the http or https URL of a proxy, and is not used: calls to Bedrock, DynamoDB, JWKS_URL and OPENAI_BASE_URL need another way out"
        ),
    })
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    fn warnings(pairs: &[(&str, &str)]) -> Vec<String> {
        let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
        let warnings = settings.warnings.into_iter();
        warnings.map(|warning| warning.message).collect()
    }

    #[test]
    fn keys_without_their_mode_are_warned_of_once() {
        assert_eq!(warnings(&[]), [""; 0]);
        assert_eq!(
            warnings(&[("API_KEYS", "web:x"), ("JWKS_URL", "https://x.example")]),
            ["AUTH_MODE=none ignores API_KEYS, JWKS_URL: everyone may call the API"]
        );
    }

    #[test]
    fn a_share_without_its_sampler_is_warned_of() {
        let share = ("OTEL_TRACES_SAMPLER_ARG", "0.1");
        assert_eq!(warnings(&[share]).len(), 1);
        let sampler = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
        assert_eq!(warnings(&[share, sampler]), [""; 0]);
    }

    #[test]
    fn variables_of_opentelemetry_that_are_not_read_are_warned_of() {
        let names = [
            "OTEL_EXPORTER_OTLP_ENDPIONT",
            "OTEL_METRICS_EXEMPLAR_FILTER",
            "OTEL_SERVICE_NAME",
            "PATH",
        ];
        let warnings = super::of_unread_variables(names.map(Into::into));
        let messages: Vec<_> = warnings.iter().map(|warning| &*warning.message).collect();
        assert_eq!(
            messages,
            [
                "OTEL_EXPORTER_OTLP_ENDPIONT has no effect here; did you mean OTEL_EXPORTER_OTLP_ENDPOINT?",
                "OTEL_METRICS_EXEMPLAR_FILTER has no effect here"
            ]
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_warned_of_without_its_password() {
        for usable in ["http://proxy:3128", "https://user:pw@proxy", "proxy:3128"] {
            assert_eq!(warnings(&[("HTTPS_PROXY", usable)]), [""; 0], "{usable}");
        }
        for unusable in ["socks5://user:secret@proxy:1080", "http://", "ftp://secret"] {
            let warnings = warnings(&[("ALL_PROXY", unusable)]);
            assert!(
                warnings.len() == 1 && warnings[0].starts_with("ALL_PROXY is not"),
                "{warnings:?}"
            );
            assert!(!warnings[0].contains("secret"));
        }
    }
}
