//! `goal-router new-key <client>`: an API key, and what the service has to know of it.

use clap::Args;
use secrecy::ExposeSecret as _;

use crate::access::identity::api_key::{KeyDigest, new_key};

/// The key's client
#[derive(Args)]
pub struct NewKeyArgs {
    /// Name of the client: letters, digits, `.`, `_` or `-`
    pub client: String,
}

/// Makes a key. It is shown this once, and kept nowhere.
///
/// # Errors
/// When the client's name is not one, or the system gives no randomness.
pub fn run(args: &NewKeyArgs) -> anyhow::Result<String> {
    let client = &args.client;
    anyhow::ensure!(
        crate::access::identity::api_key::is_client_name(client),
        "{client:?} must be 1 to 64 letters, digits, `.`, `_` or `-`"
    );
    let key = new_key()?;
    let digest = KeyDigest::of(key.expose_secret());
    Ok(format!(
        "Key, to hand to the client, shown only now:\n  {}\n\nFor API_KEYS:\n  {client}:{digest}\n\nFor API_KEYS_FILE:\n  {{\"clients\": [{{\"client\": \"{client}\", \"sha256\": [\"{digest}\"]}}]}}",
        key.expose_secret()
    ))
}
