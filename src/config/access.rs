//! Who may call the API, and how often: `AUTH_MODE`, keys, tokens, tiers and limits.
//!
//! No error message repeats a value of `API_KEYS` or `REDIS_URL`, because it may be a secret.

use std::sync::Arc;

use secrecy::SecretString;

use super::api_keys::api_keys;
use super::tiers::tiers;
use super::values::{SettingsError, Values, bad_value, check_secure_url, unreadable};
use crate::access::identity::api_key::ApiKeyStore;
use crate::access::identity::jwt::TokenSettings;
use crate::access::{AllowedOrigins, Tiers};

/// Who may call the API, and how often.
#[derive(Debug, Clone)]
pub struct AccessSettings {
    /// `AUTH_MODE`: how clients authenticate.
    pub mode: AuthMode,
    /// The default limits (`RATE_LIMIT_PER_MINUTE`, `RATE_LIMIT_BURST`, `CLIENT_DAILY_BUDGET_USD`) and `TIERS`.
    pub tiers: Arc<Tiers>,
    /// `TRUSTED_PROXY_HOPS`: the number of proxies in front of the service whose entries in `X-Forwarded-For` count.
    pub trusted_hops: usize,
    /// `CORS_ALLOWED_ORIGINS`: the origins whose pages may call the API.
    pub allowed_origins: AllowedOrigins,
    /// `REDIS_URL`: the server through which tasks share rate limits and cached plans.
    pub redis_url: Option<SecretString>,
}

/// How clients authenticate.
#[derive(Debug, Clone)]
pub enum AuthMode {
    /// `none`: everyone may call the API.
    Open,
    /// `api_key`: clients with an API key.
    ApiKey(ApiKeyStore),
    /// `jwt`: clients with a token of an issuer.
    Jwt(TokenSettings),
}

impl AccessSettings {
    pub(super) fn from_values(values: &Values) -> Result<Self, SettingsError> {
        let tiers = Arc::new(tiers(values)?);
        let mode = match values.text("AUTH_MODE").as_deref() {
            None | Some("none") => AuthMode::Open,
            Some("api_key") => AuthMode::ApiKey(api_keys(values, &tiers)?),
            Some("jwt") => AuthMode::Jwt(token_settings(values)?),
            Some(other) => {
                return Err(bad_value(
                    "AUTH_MODE",
                    &other,
                    "must be `none`, `api_key` or `jwt`",
                ));
            }
        };
        let redis = values.text("REDIS_URL").map(SecretString::from);
        if let Some(url) = &redis
            && let Err(error) = crate::redis::check(url)
        {
            return Err(unreadable("REDIS_URL", error));
        }
        Ok(Self {
            mode,
            tiers,
            trusted_hops: usize::try_from(values.number("TRUSTED_PROXY_HOPS", 0, 0..=16)?)
                .unwrap_or(0),
            allowed_origins: AllowedOrigins::parse(&values.list("CORS_ALLOWED_ORIGINS")).map_err(|origin| {
                bad_value(
                    "CORS_ALLOWED_ORIGINS",
                    &origin,
                    "must be comma-separated origins such as https://app.example.com, or `*` alone",
                )
            })?,
            redis_url: redis,
        })
    }
}

fn token_settings(values: &Values) -> Result<TokenSettings, SettingsError> {
    let required = |name: &str, what: &str| {
        values
            .text(name)
            .ok_or_else(|| unreadable(name, format!("AUTH_MODE=jwt needs {what}")))
    };
    let issuer = required(
        "JWT_ISSUER",
        "the issuer, exactly as in the `iss` of its tokens",
    )?;
    let jwks_url = required("JWKS_URL", "the URL of the issuer's keys")?;
    required(
        "JWT_AUDIENCE",
        "the `aud` or `client_id` of the tokens, comma-separated if there are several",
    )?;
    check_secure_url("JWT_ISSUER", &issuer)?;
    check_secure_url("JWKS_URL", &jwks_url)?;
    Ok(TokenSettings {
        issuer,
        audiences: values.list("JWT_AUDIENCE"),
        required_scope: values.text("JWT_REQUIRED_SCOPE"),
        jwks_url: jwks_url.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::money::Money;

    const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn access(pairs: &[(&str, &str)]) -> Result<AccessSettings, String> {
        Settings::from_pairs(pairs.iter().copied())
            .map(|settings| settings.access)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn by_default_everyone_may_call_sixty_times_a_minute() {
        let access = access(&[]).unwrap();

        assert!(matches!(access.mode, AuthMode::Open));
        let rate = access.tiers.default_tier().rate;
        assert_eq!((rate.per_minute.get(), rate.burst.get()), (60, 60));
        assert_eq!(access.trusted_hops, 0);
    }

    #[test]
    fn a_clients_own_limits_override_those_of_its_tier() {
        let keys = format!(
            r#"{{"clients": [{{"client": "a", "sha256": ["{DIGEST}"], "tier": "pro", "rate_limit_burst": 5}},
                {{"client": "b", "sha256": ["{}"], "daily_budget_usd": 0.25}}]}}"#,
            DIGEST.replace('9', "8")
        );
        let access = access(&[
            ("AUTH_MODE", "api_key"),
            ("API_KEYS", &keys),
            ("TIERS", r#"{"tiers": [{"name": "pro", "rate_limit_per_minute": 600, "daily_budget_usd": "2.50", "groups": ["g"]}]}"#),
        ])
        .unwrap();

        let AuthMode::ApiKey(keys) = access.mode else {
            panic!("not API keys")
        };
        let client = keys.client("test").unwrap();
        assert_eq!(client.id, "key:a");
        assert_eq!(client.tier.rate.per_minute.get(), 600);
        assert_eq!(client.tier.rate.burst.get(), 5);
        assert_eq!(client.tier.daily_budget, Money::parse_usd("2.50"));
        let of_group = access.tiers.of(&[], &["g".to_owned()]);
        assert_eq!(
            (of_group.name.as_str(), of_group.rate.burst.get()),
            ("pro", 600)
        );
    }

    #[test]
    fn no_message_repeats_a_key_given_instead_of_its_digest_or_a_redis_password() {
        for keys in [
            "web:gr_secret",
            "gr_secret",
            r#"{"clients": [{"client": "web", "sha256": "gr_secret"}]}"#,
            r#"{"clients": [{"client": "web", "sha256": ["gr_secret"]}]}"#,
        ] {
            let message = access(&[("AUTH_MODE", "api_key"), ("API_KEYS", keys)]).unwrap_err();
            assert!(
                message.starts_with("API_KEYS: ") && !message.contains("gr_secret"),
                "{message}"
            );
        }
        let message = access(&[("REDIS_URL", "http://:secret@cache:6379")]).unwrap_err();
        assert!(
            message.starts_with("REDIS_URL: ") && !message.contains("secret"),
            "{message}"
        );
    }

    fn assert_message(pairs: &[(&str, &str)], parts: [&str; 2]) {
        let message = access(pairs).unwrap_err();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }

    #[test]
    fn the_message_names_a_missing_or_contradictory_setting() {
        let twice = format!("a:{DIGEST},b:{DIGEST}");
        let unknown_tier = format!(
            r#"{{"clients": [{{"client": "a", "sha256": ["{DIGEST}"], "tier": "gold"}}]}}"#
        );
        let invalid_name = format!("a b:{DIGEST}");
        for (pairs, parts) in [
            (vec![("AUTH_MODE", "basic")], ["AUTH_MODE", "`api_key`"]),
            (vec![("AUTH_MODE", "api_key")], ["API_KEYS", "new-key"]),
            (
                vec![("AUTH_MODE", "api_key"), ("API_KEYS", &twice)],
                ["API_KEYS", "twice"],
            ),
            (
                vec![("AUTH_MODE", "api_key"), ("API_KEYS", &unknown_tier)],
                ["API_KEYS", "gold"],
            ),
            (
                vec![("AUTH_MODE", "api_key"), ("API_KEYS", &invalid_name)],
                ["API_KEYS", "letters"],
            ),
            (
                vec![("AUTH_MODE", "api_key"), ("API_KEYS_FILE", "/nowhere")],
                ["API_KEYS_FILE", "/nowhere"],
            ),
        ] {
            assert_message(&pairs, parts);
        }
    }

    #[test]
    fn the_message_names_an_invalid_issuer_limit_or_tier() {
        for (pairs, parts) in [
            (vec![("AUTH_MODE", "jwt")], ["JWT_ISSUER", "needs"]),
            (
                vec![
                    ("AUTH_MODE", "jwt"),
                    ("JWT_ISSUER", "http://issuer.example"),
                    ("JWKS_URL", "https://x.example"),
                    ("JWT_AUDIENCE", "a"),
                ],
                ["JWT_ISSUER", "loopback"],
            ),
            (
                vec![("RATE_LIMIT_PER_MINUTE", "0")],
                ["RATE_LIMIT_PER_MINUTE", "1 to"],
            ),
            (
                vec![("TRUSTED_PROXY_HOPS", "-1")],
                ["TRUSTED_PROXY_HOPS", "0 to 16"],
            ),
            (
                vec![("TIERS", r#"{"tiers": [{"name": "default"}]}"#)],
                ["TIERS", "default"],
            ),
            (
                vec![("TIERS", r#"{"tiers": [{"name": "a", "rate": 5}]}"#)],
                ["TIERS", "rate"],
            ),
            (
                vec![(
                    "TIERS",
                    r#"{"tiers": [{"name": "a", "daily_budget_usd": -1}]}"#,
                )],
                ["TIERS", "dollars"],
            ),
        ] {
            assert_message(&pairs, parts);
        }
    }
}
