//! Verifies an issuer's tokens (JWT) and returns their subject.
//!
//! The signature is checked first, with a key of the issuer and one of two algorithms; a token cannot choose anything else. Issuer,
//! times, and audience follow, by our own clock.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::jwks::{Fetched, JwksClient};
use super::{IdentityError, InvalidCredentials};
use crate::clock::Clock;
use crate::service_url::ServiceUrl;

/// Maximum length of a token, in bytes. Those of real issuers have one to four thousand.
const MAX_BYTES: usize = 8192;
/// Allowed clock difference to the issuer.
const LEEWAY: Duration = Duration::from_secs(30);
/// Maximum number of tokens whose verified signatures are cached.
const MAX_CACHED_SIGNATURES: u64 = 10_000;
/// How long a verified signature is cached, unless the keys are fetched again before that.
const SIGNATURE_TTL: Duration = Duration::from_mins(1);
/// Maximum length, in bytes, of a subject that is used as a client id unchanged.
const MAX_SUBJECT_BYTES: usize = 128;

/// The requirements for tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// `JWT_ISSUER`: the required `iss`.
    pub issuer: String,
    /// `JWT_AUDIENCE`: one of these must be in `aud`, or be the `client_id`, as in Cognito's access tokens.
    pub audiences: Vec<String>,
    /// `JWT_REQUIRED_SCOPE`: a scope that every token must have.
    pub required_scope: Option<String>,
    /// `JWKS_URL`: the URL of the issuer's keys.
    pub jwks_url: ServiceUrl,
}

/// The subject of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The client id.
    pub client_id: String,
    /// The token's scopes.
    pub scopes: Vec<String>,
    /// The token's groups.
    pub groups: Vec<String>,
}

/// Verifies tokens.
pub struct TokenVerifier {
    settings: TokenSettings,
    keys: JwksClient,
    clock: Arc<dyn Clock>,
    /// The claims of tokens with a recently verified signature, by the token's digest, with the key generation that verified it. The
    /// claims themselves are checked on every request.
    verified: moka::sync::Cache<[u8; 32], (u64, Arc<Claims>)>,
}

/// The claims that are used.
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

/// A claim that issuers write either as a string with space-separated parts or as an array of strings.
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
    /// Creates a verifier with these settings, keys and clock.
    #[must_use]
    pub fn new(settings: TokenSettings, keys: JwksClient, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            keys,
            clock,
            verified: moka::sync::Cache::builder()
                .max_capacity(MAX_CACHED_SIGNATURES)
                .time_to_live(SIGNATURE_TTL)
                .build(),
        }
    }

    /// Verifies a token and returns its subject.
    ///
    /// # Errors
    /// Returns an [`IdentityError`] if the token is invalid, lacks the required scope, or cannot be checked now.
    pub async fn verify(&self, token: &str) -> Result<Subject, IdentityError> {
        if token.len() > MAX_BYTES {
            return Err(IdentityError::Invalid(InvalidCredentials::TooLong));
        }
        let digest = Sha256::digest(token.as_bytes()).into();
        if let Some((generation, claims)) = self.verified.get(&digest)
            && generation == self.keys.generation()
        {
            self.keys.refresh_if_stale();
            return self.check(&claims);
        }
        // Read before the check: if the keys change meanwhile, the cached entry is not used.
        let generation = self.keys.generation();
        let claims = Arc::new(self.verify_signature(token).await?);
        self.verified
            .insert(digest, (generation, Arc::clone(&claims)));
        self.check(&claims)
    }

    /// Returns the claims of a token after verifying its signature with a key of the issuer.
    async fn verify_signature(&self, token: &str) -> Result<Claims, IdentityError> {
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| IdentityError::Invalid(InvalidCredentials::NotSigned))?;
        if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
            return Err(IdentityError::Invalid(InvalidCredentials::OtherAlgorithm));
        }
        // No extensions are supported, so a token with critical ones must be rejected (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(IdentityError::Invalid(
                InvalidCredentials::CriticalExtensions,
            ));
        }
        let (id, algorithm) = (header.kid.as_deref(), header.alg);
        let mut known = self.keys.candidates(id, algorithm);
        if let Some(claims) = verified_by(known.decoding_keys(), token, algorithm)? {
            self.keys.refresh_if_stale();
            return Ok(claims);
        }
        if known.are_final() {
            return Err(IdentityError::Invalid(InvalidCredentials::Signature));
        }
        // The key may be a new one. Tokens that no key could make valid do not reach the issuer.
        self.check_unverified(token)?;
        if verified_by(known.whatever_their_id(algorithm), token, algorithm)?.is_some() {
            return Err(IdentityError::Invalid(InvalidCredentials::OtherKey));
        }
        // Keys that were fetched meanwhile, and a fetch that was in progress, may have missed the key, so another fetch may follow each.
        for _ in 0..3 {
            let fetched = self.keys.fetch(&known).await;
            known = self.keys.candidates(id, algorithm);
            if let Some(claims) = verified_by(known.decoding_keys(), token, algorithm)? {
                return Ok(claims);
            }
            if fetched == Fetched::All || known.are_final() {
                return Err(IdentityError::Invalid(InvalidCredentials::NoSuchKey));
            }
            if fetched == Fetched::Not {
                break;
            }
        }
        Err(IdentityError::Unavailable)
    }

    /// Checks the claims of a token whose signature cannot be verified yet.
    ///
    /// # Errors
    /// Returns an error if the token is invalid whoever signed it.
    fn check_unverified(&self, token: &str) -> Result<(), IdentityError> {
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token)
            .map_err(|_| malformed())?;
        match self.check(&claims) {
            Err(invalid @ IdentityError::Invalid(_)) => Err(invalid),
            _ => Ok(()),
        }
    }

    /// Returns whether keys are known to verify tokens with.
    pub async fn is_ready(&self) -> bool {
        self.keys.is_ready().await
    }

    /// Returns whether keys are known, without asking the issuer.
    #[must_use]
    pub fn was_ready(&self) -> bool {
        self.keys.are_known()
    }

    fn check(&self, claims: &Claims) -> Result<Subject, IdentityError> {
        if claims.iss != self.settings.issuer {
            return Err(IdentityError::Invalid(InvalidCredentials::OtherIssuer));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "an f64 represents seconds since 1970 exactly for millions of years"
        )]
        let now = self.clock.now().timestamp() as f64;
        if claims.exp <= now - LEEWAY.as_secs_f64() {
            return Err(IdentityError::Invalid(InvalidCredentials::Expired));
        }
        if claims
            .nbf
            .is_some_and(|not_before| not_before > now + LEEWAY.as_secs_f64())
        {
            return Err(IdentityError::Invalid(InvalidCredentials::NotYetValid));
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
            return Err(IdentityError::Invalid(InvalidCredentials::OtherAudience));
        }
        if let Some(kind) = &claims.token_use
            && !matches!(kind.as_str(), "access" | "id")
        {
            return Err(IdentityError::Invalid(InvalidCredentials::OtherUse));
        }
        let subject = claims.sub.as_ref().or(claims.client_id.as_ref());
        let subject = subject.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(IdentityError::Invalid(InvalidCredentials::NoSubject))?;
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

/// Returns a validation of the signature only. [`TokenVerifier::check`] checks the claims instead of the library, which would accept
/// a list as issuer, knows only one claim for the audience, and uses the system's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

/// Returns the client id: the subject, or its digest if the subject is unsuitable for a row's key or a log line.
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

/// Returns the claims if one of the keys verifies the token's signature.
///
/// # Errors
/// Returns an error if the signature is valid, but the claims are malformed.
fn verified_by<'a>(
    keys: impl Iterator<Item = &'a DecodingKey>,
    token: &str,
    algorithm: Algorithm,
) -> Result<Option<Claims>, IdentityError> {
    use jsonwebtoken::errors::ErrorKind;
    let validation = signature_only(algorithm);
    for key in keys {
        match jsonwebtoken::decode::<Claims>(token, key, &validation) {
            Ok(decoded) => return Ok(Some(decoded.claims)),
            Err(error) => match error.kind() {
                // Read only after the signature has been verified.
                ErrorKind::Json(_)
                | ErrorKind::Utf8(_)
                | ErrorKind::Base64(_)
                | ErrorKind::InvalidToken
                | ErrorKind::MissingRequiredClaim(_) => return Err(malformed()),
                _ => {}
            },
        }
    }
    Ok(None)
}

const fn malformed() -> IdentityError {
    IdentityError::Invalid(InvalidCredentials::MalformedClaims)
}

impl std::fmt::Debug for TokenSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TokenSettings")
            .field("issuer", &ServiceUrl::from(self.issuer.as_str()))
            .field("audiences", &self.audiences)
            .field("required_scope", &self.required_scope)
            .field("jwks_url", &self.jwks_url)
            .finish()
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TokenVerifier")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
