//! API keys: `API_KEYS` and `API_KEYS_FILE`. No error message repeats a value, because it may be a secret.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::Deserialize;

use super::tiers::{Amount, OwnLimits, wrong_form};
use super::values::{SettingsError, Values, unreadable};
use crate::access::Tiers;
use crate::access::identity::api_key::{ApiKey, ApiKeyStore, KeyDigest, is_client_name};

/// Maximum number of API keys. The key of a request is compared with every one of them.
const MAX_KEYS: usize = 1000;

/// The form of the document.
const FORM: &str = r#"{"clients": [{"client", "sha256": [..], "tier", "rate_limit_per_minute", "rate_limit_burst", "daily_budget_usd"}]}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysDocument {
    clients: Vec<ClientEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientEntry {
    client: String,
    /// More than one while a key is being replaced.
    sha256: Vec<String>,
    tier: Option<String>,
    rate_limit_per_minute: Option<NonZeroU32>,
    rate_limit_burst: Option<NonZeroU32>,
    daily_budget_usd: Option<Amount>,
}

/// Reads the API keys, each with its client and tier.
pub(super) fn api_keys(values: &Values, tiers: &Tiers) -> Result<ApiKeyStore, SettingsError> {
    let mut clients = Vec::new();
    let inline = values.text("API_KEYS");
    match &inline {
        Some(text) if text.starts_with('{') => clients.extend(read_clients("API_KEYS", text)?),
        Some(_) => clients.extend(pairs(values)?),
        None => {}
    }
    if let Some(text) = values.file("API_KEYS_FILE")? {
        clients.extend(read_clients("API_KEYS_FILE", &text)?);
    }
    let mut keys: Vec<ApiKey> = Vec::new();
    let mut names = HashSet::new();
    for (index, entry) in clients.into_iter().enumerate() {
        // A name may be a key that is in the wrong place, so entries are named by their position.
        let invalid = |why: &str| unreadable("API_KEYS", format!("client {}: {why}", index + 1));
        if !is_client_name(&entry.client) || !names.insert(entry.client.clone()) {
            return Err(invalid(
                "its name must be unique and consist of 1 to 64 letters, digits, `.`, `_` or `-`",
            ));
        }
        for key in keys_of(entry, tiers).map_err(|why| invalid(&why))? {
            if keys.iter().any(|other| other.digest == key.digest) {
                return Err(invalid("one of its keys is listed twice"));
            }
            keys.push(key);
        }
    }
    if keys.is_empty() || keys.len() > MAX_KEYS {
        return Err(unreadable(
            "API_KEYS",
            format!(
                "AUTH_MODE=api_key needs 1 to {MAX_KEYS} keys in API_KEYS or API_KEYS_FILE, but there are {}; `goal-router new-key <client>` creates one",
                keys.len()
            ),
        ));
    }
    Ok(ApiKeyStore::new(keys))
}

/// Returns the keys of one client.
fn keys_of(entry: ClientEntry, tiers: &Tiers) -> Result<Vec<ApiKey>, String> {
    let name = entry.client;
    let tier = match &entry.tier {
        None => tiers.default_tier(),
        Some(tier) => tiers
            .named(tier)
            .ok_or_else(|| format!("TIERS has no tier {tier:?}"))?,
    };
    let limits = OwnLimits {
        per_minute: entry.rate_limit_per_minute,
        burst: entry.rate_limit_burst,
        daily_budget: entry.daily_budget_usd,
    };
    let tier = if limits.is_empty() {
        Arc::clone(tier)
    } else {
        Arc::new(limits.override_tier(tier, &name)?)
    };
    entry
        .sha256
        .iter()
        .map(|digest| {
            let digest = KeyDigest::parse(digest).ok_or_else(|| {
                "each `sha256` must be the SHA-256 digest of a key, in 64 hexadecimal digits; `goal-router new-key <client>` prints one".to_owned()
            })?;
            Ok(ApiKey {
                digest,
                client: name.clone(),
                tier: Arc::clone(&tier),
            })
        })
        .collect()
}

/// Reads `client:digest,client:digest`. A client may be listed more than once.
fn pairs(values: &Values) -> Result<Vec<ClientEntry>, SettingsError> {
    let mut clients: Vec<ClientEntry> = Vec::new();
    let mut indexes: HashMap<String, usize> = HashMap::new();
    for pair in values.list("API_KEYS") {
        let (client, digest) = pair.split_once(':').ok_or_else(|| {
            unreadable(
                "API_KEYS",
                "must be comma-separated pairs `client:sha256-of-its-key`, or the JSON of API_KEYS_FILE",
            )
        })?;
        if let Some(index) = indexes.get(client) {
            clients[*index].sha256.push(digest.to_owned());
            continue;
        }
        indexes.insert(client.to_owned(), clients.len());
        clients.push(ClientEntry {
            client: client.to_owned(),
            sha256: vec![digest.to_owned()],
            tier: None,
            rate_limit_per_minute: None,
            rate_limit_burst: None,
            daily_budget_usd: None,
        });
    }
    Ok(clients)
}

/// Parses the JSON document of clients.
fn read_clients(variable: &str, text: &str) -> Result<Vec<ClientEntry>, SettingsError> {
    let document: KeysDocument =
        serde_json::from_str(text).map_err(|error| wrong_form(variable, &error, FORM))?;
    Ok(document.clients)
}
