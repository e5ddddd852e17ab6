//! Why a client could not be authenticated or authorized. The texts do not help an attacker to find valid credentials.

use crate::telemetry::metrics::DenialReason;

/// Why a client could not be authenticated or authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// There are no credentials.
    #[error("credentials are required: {0}")]
    Missing(&'static str),
    /// The credentials are invalid.
    #[error("the credentials are not valid: {0}")]
    Invalid(InvalidCredentials),
    /// The credentials are valid but do not allow this.
    #[error("the credentials do not allow this: {0}")]
    Forbidden(&'static str),
    /// The credentials cannot be checked now.
    #[error("tokens cannot be checked now: the issuer's keys cannot be had")]
    Unavailable,
}

/// What is wrong with credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCredentials {
    /// A header with credentials is given more than once.
    #[error("a header with credentials is given more than once")]
    RepeatedHeader,
    /// A header with credentials is not ASCII text.
    #[error("a header with credentials is not ASCII text")]
    NotAscii,
    /// The authorization has another scheme.
    #[error("the Authorization scheme must be Bearer")]
    OtherScheme,
    /// Two different keys are given.
    #[error("two different keys are given")]
    TwoKeys,
    /// The API key is unknown.
    #[error("the API key is unknown")]
    UnknownKey,
    /// The token is too long.
    #[error("the token is too long")]
    TooLong,
    /// The token is not a signed JWT.
    #[error("the token is not a signed JWT")]
    NotSigned,
    /// The token is signed with another algorithm.
    #[error("the token must be signed with RS256 or ES256")]
    OtherAlgorithm,
    /// The token has critical extensions.
    #[error("the token has critical extensions")]
    CriticalExtensions,
    /// The token is malformed or lacks a required claim.
    #[error("the token is malformed or lacks a required claim")]
    MalformedClaims,
    /// The signature is invalid.
    #[error("the signature is invalid")]
    Signature,
    /// The token names another key than the one that signed it.
    #[error("the token names another key")]
    OtherKey,
    /// The issuer does not have the key that the token names.
    #[error("the issuer has no such key")]
    NoSuchKey,
    /// The token is from another issuer.
    #[error("the token is from another issuer")]
    OtherIssuer,
    /// The token has expired.
    #[error("the token has expired")]
    Expired,
    /// The token is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The token is for another audience.
    #[error("the token is for another audience")]
    OtherAudience,
    /// The token is not an access or ID token.
    #[error("the token is not an access or ID token")]
    OtherUse,
    /// The token has no subject.
    #[error("the token has no subject")]
    NoSubject,
}

impl IdentityError {
    /// Returns the label for metrics.
    #[must_use]
    pub const fn reason(self) -> DenialReason {
        match self {
            Self::Missing(_) => DenialReason::Missing,
            Self::Invalid(invalid) => invalid.reason(),
            Self::Forbidden(_) => DenialReason::Scope,
            Self::Unavailable => DenialReason::KeysUnavailable,
        }
    }
}

impl InvalidCredentials {
    const fn reason(self) -> DenialReason {
        match self {
            Self::RepeatedHeader
            | Self::NotAscii
            | Self::OtherScheme
            | Self::TwoKeys
            | Self::TooLong
            | Self::NotSigned
            | Self::OtherAlgorithm
            | Self::CriticalExtensions
            | Self::MalformedClaims
            | Self::NoSubject => DenialReason::Malformed,
            Self::UnknownKey => DenialReason::UnknownKey,
            Self::Signature | Self::OtherKey | Self::NoSuchKey => DenialReason::Signature,
            Self::OtherIssuer => DenialReason::Issuer,
            Self::Expired => DenialReason::Expired,
            Self::NotYetValid => DenialReason::NotYetValid,
            Self::OtherAudience | Self::OtherUse => DenialReason::Audience,
        }
    }
}
