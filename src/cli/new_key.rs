//! `goal-router new-key <client>`: creates an API key, and the configuration entry for it.

use clap::Args;
use secrecy::ExposeSecret as _;

use crate::access::identity::api_key::{KeyDigest, new_key};

/// The arguments of `new-key`
#[derive(Args)]
pub struct NewKeyArgs {
    /// Name of the client: letters, digits, `.`, `_` or `-`
    pub client: String,
}

/// Creates a key, and returns it with its configuration entry. The key is stored nowhere.
///
/// # Errors
/// Returns an error if the client's name is invalid or the random number generator fails.
pub fn run(args: &NewKeyArgs) -> anyhow::Result<String> {
    let client = &args.client;
    anyhow::ensure!(
        crate::access::identity::api_key::is_client_name(client),
        "the client name must be 1 to 64 letters, digits, `.`, `_` or `-`, not {client:?}"
    );
    let key = new_key()?;
    let digest = KeyDigest::of(key.expose_secret());
    Ok(format!(
        "Key for the client, shown only once:\n  {}\n\nFor API_KEYS:\n  {client}:{digest}\n\nFor API_KEYS_FILE:\n  {{\"clients\": [{{\"client\": \"{client}\", \"sha256\": [\"{digest}\"]}}]}}",
        key.expose_secret()
    ))
}
