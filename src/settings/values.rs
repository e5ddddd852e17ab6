//! The variables' values, each read as the type it has to be, or refused by name.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use config::Config;

use crate::ledger::Money;

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
            .map(|value| value.parse().map_err(|_| bad(name, &value, allowed)))
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
            Err(bad(name, &number, &allowed))
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
            Err(bad(name, &share, allowed))
        }
    }

    pub(super) fn money(&self, name: &str, default: &str) -> Result<Money, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        Money::parse_usd(&value).ok_or_else(|| {
            bad(
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
            Err(bad(
                name,
                &value,
                "must be the name of a table: 3 to 255 letters, digits, `_`, `-` or `.`",
            ))
        }
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

fn sound_url(name: &str, value: String) -> Result<String, SettingsError> {
    let sound = url::Url::parse(&value)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if sound {
        Ok(value)
    } else {
        Err(bad(name, &value, "must be an http or https URL"))
    }
}

pub(super) fn bad(name: &str, value: &impl Display, allowed: &str) -> SettingsError {
    SettingsError::BadValue {
        name: name.to_owned(),
        value: value.to_string(),
        allowed: allowed.to_owned(),
    }
}
