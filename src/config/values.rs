//! The variables' values, each read as the type it has to be, or refused by name.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use config::Config;

use crate::money::Money;

/// A variable with a bad value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The value is not allowed.
    #[error("{name}={value:?}: {allowed}")]
    BadValue {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// A file cannot be read.
    #[error("{name}: {why}")]
    BadFile {
        /// The variable that names the file.
        name: String,
        /// Why it cannot be read.
        why: String,
    },
}

/// The values by variable.
pub(super) struct Values(pub(super) Config);

impl Values {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0
            .get_string(&name.to_ascii_lowercase())
            .ok()
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &str,
        allowed: &str,
    ) -> Result<Option<T>, SettingsError> {
        self.text(name)
            .map(|value| value.parse().map_err(|_| bad_value(name, &value, allowed)))
            .transpose()
    }

    pub(super) fn number(
        &self,
        name: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, SettingsError> {
        let allowed = format!(
            "must be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        let number = self.parsed::<u64>(name, &allowed)?.unwrap_or(default);
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(bad_value(name, &number, &allowed))
        }
    }

    pub(super) fn seconds(
        &self,
        name: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, SettingsError> {
        self.number(name, default, range).map(Duration::from_secs)
    }

    pub(super) fn share(&self, name: &str, default: f32) -> Result<f32, SettingsError> {
        let allowed = "must be a number from 0 to 1";
        let share = self.parsed::<f32>(name, allowed)?.unwrap_or(default);
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            Err(bad_value(name, &share, allowed))
        }
    }

    pub(super) fn money(&self, name: &str, default: &str) -> Result<Money, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        Money::parse_usd(&value).ok_or_else(|| {
            bad_value(
                name,
                &value,
                "must be an amount of dollars with at most nine decimals, such as 0.50",
            )
        })
    }

    pub(super) fn table(&self, name: &str, default: &str) -> Result<String, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        let allowed = value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if allowed && (3..=255).contains(&value.len()) {
            Ok(value)
        } else {
            Err(bad_value(
                name,
                &value,
                "must be the name of a table: 3 to 255 letters, digits, `_`, `-` or `.`",
            ))
        }
    }

    /// The content of the file that a variable names.
    pub(super) fn file(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let path = self.text(name);
        path.map(|path| {
            std::fs::read_to_string(&path).map_err(|error| SettingsError::BadFile {
                name: format!("{name}={path}"),
                why: error.to_string(),
            })
        })
        .transpose()
    }

    /// What is listed with commas between.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The endpoint of one service, else of all.
    pub(super) fn endpoint(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let (name, value) = match (self.text(name), self.text("AWS_ENDPOINT_URL")) {
            (Some(value), _) => (name, value),
            (None, Some(value)) => ("AWS_ENDPOINT_URL", value),
            (None, None) => return Ok(None),
        };
        sound_url(name, value).map(Some)
    }

    /// A URL, without a slash at its end.
    pub(super) fn url(&self, name: &str, default: &str) -> Result<String, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        sound_url(name, value.trim_end_matches('/').to_owned())
    }
}

/// A URL that tokens depend on: over TLS, or on this machine.
pub(super) fn safe_url(name: &str, value: &str) -> Result<(), SettingsError> {
    let safe = url::Url::parse(value).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    });
    if safe {
        Ok(())
    } else {
        Err(bad_value(
            name,
            &value,
            "must be an https URL; plain http only on loopback",
        ))
    }
}

fn sound_url(name: &str, value: String) -> Result<String, SettingsError> {
    let sound = url::Url::parse(&value)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if sound {
        Ok(value)
    } else {
        Err(bad_value(name, &value, "must be an http or https URL"))
    }
}

pub(super) fn bad_value(name: &str, value: &impl Display, allowed: &str) -> SettingsError {
    SettingsError::BadValue {
        name: name.to_owned(),
        value: value.to_string(),
        allowed: allowed.to_owned(),
    }
}

/// What cannot be read, without its value: it may be long, or a secret.
pub(super) fn unreadable(name: &str, why: impl Into<String>) -> SettingsError {
    SettingsError::BadFile {
        name: name.to_owned(),
        why: why.into(),
    }
}
