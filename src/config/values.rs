//! The values of the variables, parsed to their types. An invalid value is reported with its variable.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use config::Config;

use super::variables::is_known;
use crate::money::Money;
use crate::outbound_http::is_loopback;
use crate::service_url::{ServiceUrl, redacted};

/// An invalid setting.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The value is not allowed.
    #[error("{name}={value:?}: {allowed}")]
    InvalidValue {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// The value cannot be read. It is not repeated, because it may be long or a secret.
    #[error("{name}: {why}")]
    Unreadable {
        /// The variable, with its value if that is the path of a file.
        name: String,
        /// Why it cannot be read.
        why: String,
    },
}

/// The values of the variables.
pub(super) struct Values(pub(super) Config);

impl Values {
    /// Returns a value without surrounding white space; `None` if it is not set or empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        debug_assert!(is_known(name), "{name} is missing in `VARIABLES`");
        self.0
            .get_string(&name.to_ascii_lowercase())
            .ok()
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// Parses a value, if it is set. `allowed` completes the error message.
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &str,
        allowed: &str,
    ) -> Result<Option<T>, SettingsError> {
        self.text(name)
            .map(|value| value.parse().map_err(|_| bad_value(name, &value, allowed)))
            .transpose()
    }

    /// Returns `true` or `false`.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, SettingsError> {
        let value = self.parsed(name, "must be `true` or `false`")?;
        Ok(value.unwrap_or(default))
    }

    /// Returns a whole number within `range`.
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

    /// Returns a number of seconds within `range`.
    pub(super) fn seconds(
        &self,
        name: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, SettingsError> {
        self.number(name, default, range).map(Duration::from_secs)
    }

    /// Returns a number from 0 to 1.
    pub(super) fn share(&self, name: &str, default: f32) -> Result<f32, SettingsError> {
        let allowed = "must be a number from 0 to 1";
        let share = self.parsed::<f32>(name, allowed)?.unwrap_or(default);
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            Err(bad_value(name, &share, allowed))
        }
    }

    /// Returns an amount of US dollars.
    pub(super) fn money(&self, name: &str, default: &str) -> Result<Money, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        Money::parse_usd(&value).ok_or_else(|| {
            bad_value(
                name,
                &value,
                "must be an amount of dollars with up to nine decimals, such as 0.50",
            )
        })
    }

    /// Returns the name of a DynamoDB table.
    pub(super) fn table(&self, name: &str, default: &str) -> Result<String, SettingsError> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        let has_valid_characters = value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if has_valid_characters && (3..=255).contains(&value.len()) {
            Ok(value)
        } else {
            Err(bad_value(
                name,
                &value,
                "must be a table name of 3 to 255 letters, digits, `_`, `-` or `.`",
            ))
        }
    }

    /// Returns the name of an AWS region, if it is set. The name is checked by its form, since new regions appear at any time.
    pub(super) fn region(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let value = self.text(name);
        if let Some(value) = value.as_ref().filter(|value| !is_region(value)) {
            let allowed = "must be the name of an AWS region, such as us-east-1 or ap-southeast-2";
            return Err(bad_value(name, value, allowed));
        }
        Ok(value)
    }

    /// Returns the content of the file that a variable names, if it is set.
    pub(super) fn file(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let path = self.text(name);
        path.map(|path| {
            std::fs::read_to_string(&path).map_err(|error| SettingsError::Unreadable {
                name: format!("{name}={path}"),
                why: error.to_string(),
            })
        })
        .transpose()
    }

    /// Returns the items of a comma-separated list.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Returns the endpoint of one service; `AWS_ENDPOINT_URL` if it is not set.
    pub(super) fn endpoint(&self, name: &str) -> Result<Option<ServiceUrl>, SettingsError> {
        let (name, value) = match (self.text(name), self.text("AWS_ENDPOINT_URL")) {
            (Some(value), _) => (name, value),
            (None, Some(value)) => ("AWS_ENDPOINT_URL", value),
            (None, None) => return Ok(None),
        };
        http_url(name, value).map(Some)
    }
}

/// Returns whether a name has the form of a region: a partition or continent, a direction, and a digit.
fn is_region(name: &str) -> bool {
    const DIRECTIONS: [&str; 5] = ["north", "south", "east", "west", "central"];
    let parts: Vec<&str> = name.split('-').collect();
    let [continent, places @ .., direction, number] = parts.as_slice() else {
        return false;
    };
    let are_letters = |part: &&str, max| {
        (2..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    are_letters(continent, 4)
        && places.iter().all(|place| are_letters(place, 9))
        && are_letters(direction, 9)
        && DIRECTIONS.iter().any(|known| direction.ends_with(known))
        && matches!(number.as_bytes(), [b'1'..=b'9'])
}

/// Checks a URL that the validity of tokens depends on: https, or http on this machine.
pub(super) fn check_secure_url(name: &str, value: &str) -> Result<(), SettingsError> {
    let is_secure = url::Url::parse(value).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(value),
        _ => false,
    });
    if is_secure {
        Ok(())
    } else {
        Err(bad_value(
            name,
            &value,
            "must be an https URL; http is allowed only on loopback",
        ))
    }
}

fn http_url(name: &str, value: String) -> Result<ServiceUrl, SettingsError> {
    let is_valid = url::Url::parse(&value)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if is_valid {
        Ok(value.into())
    } else {
        Err(bad_value(name, &value, "must be an http or https URL"))
    }
}

/// Returns the error for a value that is not allowed. Repeats the value, which must not be a secret; of a URL, only what is none.
pub(super) fn bad_value(name: &str, value: &impl Display, allowed: &str) -> SettingsError {
    SettingsError::InvalidValue {
        name: name.to_owned(),
        value: redacted(&value.to_string()),
        allowed: allowed.to_owned(),
    }
}

/// Returns the error for a value that cannot be read. Does not repeat the value, because it may be long or a secret.
pub(super) fn unreadable(name: &str, why: impl Into<String>) -> SettingsError {
    SettingsError::Unreadable {
        name: name.to_owned(),
        why: why.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_recognised_by_their_form() {
        for region in [
            "us-east-1",
            "ap-southeast-7",
            "us-gov-west-1",
            "us-isob-east-1",
            "mx-central-1",
            "eusc-de-east-1",
            "eu-isoe-west-1",
            "il-central-1",
        ] {
            assert!(is_region(region), "{region}");
        }
        for name in [
            "",
            "us",
            "useast1",
            "us-east",
            "us-east-0",
            "us-east-99",
            "us-east-1a",
            "US-EAST-1",
            "us_east_1",
            "us-nowhere-1",
            "mars-1",
            "-east-1",
            "us--east-1",
            "global",
        ] {
            assert!(!is_region(name), "{name}");
        }
    }
}
