//! Tokens of an issuer: whether they hold, and whose they are.
//!
//! The signature comes first, by a key of the issuer and in one of two algorithms; nothing in a token chooses anything else. Then
//! issuer, audience, and times, by our clock.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::IdentityError;
use super::jwks::JwksClient;
use crate::clock::Clock;

/// Longest token that is looked at: those of real issuers have one to four thousand bytes.
const MAX_BYTES: usize = 8192;
/// By how much clocks may differ.
const LEEWAY: Duration = Duration::from_secs(30);
/// Tokens whose signatures are remembered at most.
const MAX_CACHED_SIGNATURES: u64 = 10_000;
/// How long a signature is remembered, unless the keys are fetched anew before.
const SIGNATURE_TTL: Duration = Duration::from_mins(1);
/// Longest subject that becomes a client's id as it is.
const MAX_SUBJECT_BYTES: usize = 128;

/// What tokens have to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// `JWT_ISSUER`: the `iss` of every token.
    pub issuer: String,
    /// `JWT_AUDIENCE`: one of these is in `aud`, or is the `client_id`, as Cognito's access tokens have it.
    pub audiences: Vec<String>,
    /// `JWT_REQUIRED_SCOPE`: a scope that every token has to have.
    pub required_scope: Option<String>,
    /// `JWKS_URL`: where the issuer's keys are.
    pub jwks_url: String,
}

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The client's id.
    pub client_id: String,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Its groups.
    pub groups: Vec<String>,
}

/// Checks tokens.
pub struct TokenVerifier {
    settings: TokenSettings,
    keys: JwksClient,
    clock: Arc<dyn Clock>,
    /// What tokens claim whose signatures were checked a moment ago, by the tokens' digests, and with which generation of keys. What
    /// they claim is checked every time.
    signed: moka::sync::Cache<[u8; 32], (u64, Arc<Claims>)>,
}

/// The claims that we look at.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: f64,
    nbf: Option<f64>,
    sub: Option<String>,
    aud: Option<StringOrList>,
    client_id: Option<String>,
    token_use: Option<String>,
    scope: Option<StringOrList>,
    scp: Option<StringOrList>,
    groups: Option<StringOrList>,
    #[serde(rename = "cognito:groups")]
    cognito_groups: Option<StringOrList>,
}

/// A claim that issuers write as a text, with spaces between its parts, or as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum StringOrList {
    One(String),
    Many(Vec<String>),
}

impl StringOrList {
    fn is_any_of(&self, wanted: &[String]) -> bool {
        match self {
            Self::One(one) => wanted.contains(one),
            Self::Many(many) => many.iter().any(|one| wanted.contains(one)),
        }
    }

    fn parts(&self) -> Vec<String> {
        match self {
            Self::One(one) => one.split_ascii_whitespace().map(str::to_owned).collect(),
            Self::Many(many) => many.clone(),
        }
    }
}

impl TokenVerifier {
    /// A verifier by these settings, keys and clock.
    #[must_use]
    pub fn new(settings: TokenSettings, keys: JwksClient, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            keys,
            clock,
            signed: moka::sync::Cache::builder()
                .max_capacity(MAX_CACHED_SIGNATURES)
                .time_to_live(SIGNATURE_TTL)
                .build(),
        }
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// [`IdentityError`] where it does not hold, holds for something else, or cannot be checked.
    pub async fn verify(&self, token: &str) -> Result<Subject, IdentityError> {
        if token.len() > MAX_BYTES {
            return Err(IdentityError::Invalid("the token is too long"));
        }
        let digest = Sha256::digest(token.as_bytes()).into();
        if let Some((generation, claims)) = self.signed.get(&digest)
            && generation == self.keys.generation()
        {
            self.keys.refresh_if_stale();
            return self.check(&claims);
        }
        // Read before the check: keys that change meanwhile make it count for nothing.
        let generation = self.keys.generation();
        let claims = Arc::new(self.signed_claims(token).await?);
        self.signed
            .insert(digest, (generation, Arc::clone(&claims)));
        self.check(&claims)
    }

    /// What a token claims whose signature is one of the issuer's keys'.
    async fn signed_claims(&self, token: &str) -> Result<Claims, IdentityError> {
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| IdentityError::Invalid("it is no signed token"))?;
        if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
            return Err(IdentityError::Invalid(
                "the token has to be signed with RS256 or ES256",
            ));
        }
        // We understand no extension, and must refuse what says it depends on one (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(IdentityError::Invalid("the token has critical extensions"));
        }
        let key = self.keys.key(header.kid.as_deref(), header.alg).await?;
        jsonwebtoken::decode::<Claims>(token, key.decoding(), &signature_only(header.alg))
            .map(|decoded| decoded.claims)
            .map_err(|error| IdentityError::Invalid(broken(error.kind())))
    }

    /// Whether there are keys to check with.
    pub async fn is_ready(&self) -> bool {
        self.keys.is_ready().await
    }

    fn check(&self, claims: &Claims) -> Result<Subject, IdentityError> {
        if claims.iss != self.settings.issuer {
            return Err(IdentityError::Invalid("the token is of another issuer"));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970, which a double counts exactly for millions of years"
        )]
        let now = self.clock.now().timestamp() as f64;
        if claims.exp <= now - LEEWAY.as_secs_f64() {
            return Err(IdentityError::Invalid("the token has expired"));
        }
        if claims
            .nbf
            .is_some_and(|from| from > now + LEEWAY.as_secs_f64())
        {
            return Err(IdentityError::Invalid("the token is not valid yet"));
        }
        let audiences = &self.settings.audiences;
        let for_us = claims
            .aud
            .as_ref()
            .is_some_and(|aud| aud.is_any_of(audiences))
            || claims
                .client_id
                .as_ref()
                .is_some_and(|id| audiences.contains(id));
        if !for_us {
            return Err(IdentityError::Invalid("the token is for another audience"));
        }
        if let Some(kind) = &claims.token_use
            && !matches!(kind.as_str(), "access" | "id")
        {
            return Err(IdentityError::Invalid("it is no access or ID token"));
        }
        let subject = claims.sub.as_ref().or(claims.client_id.as_ref());
        let subject = subject.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(IdentityError::Invalid("the token has no subject"))?;
        let all = |claims: [&Option<StringOrList>; 2]| -> Vec<String> {
            claims
                .into_iter()
                .flatten()
                .flat_map(StringOrList::parts)
                .collect()
        };
        let scopes = all([&claims.scope, &claims.scp]);
        if let Some(required) = &self.settings.required_scope
            && !scopes.contains(required)
        {
            return Err(IdentityError::Forbidden(
                "the token lacks the scope of this service",
            ));
        }
        Ok(Subject {
            client_id: client_id(subject),
            scopes,
            groups: all([&claims.groups, &claims.cognito_groups]),
        })
    }
}

/// The library checks the signature. What the claims have to say is checked here: the library takes a list for an issuer, knows
/// one claim for the audience, and goes by the system's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

/// The client's id: the subject, or its digest where the subject would not fit into a row's key or a log line.
fn client_id(subject: &str) -> String {
    let fits = subject.len() <= MAX_SUBJECT_BYTES
        && subject
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if fits {
        format!("jwt:{subject}")
    } else {
        format!("jwt:sha256:{}", super::api_key::KeyDigest::of(subject))
    }
}

fn broken(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidSignature => "the signature is wrong",
        _ => "the token is malformed, or lacks a claim",
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TokenVerifier")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
