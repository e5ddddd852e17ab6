//! The store of idempotency records: atomic claims, and stored responses.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::Fingerprint;

/// The store gave no usable answer. The request may have taken effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the idempotency store is unavailable: {0}")]
pub struct StoreUnavailable(pub String);

/// The name of a record: a client and a digest of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordName {
    /// The client's id.
    pub client_id: String,
    /// The SHA-256 digest of the key. Clients choose keys freely, so readers of the table should not see them.
    pub key: [u8; 32],
}

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body, in a format that the caller chooses.
    pub body: Bytes,
}

/// A claim to a record.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The record.
    pub name: RecordName,
    /// The fingerprint of the request.
    pub fingerprint: Fingerprint,
    /// The claimant, unique for each execution of a request.
    pub owner: String,
    /// The time of the claim.
    pub now: DateTime<Utc>,
    /// When the claim expires if no response is stored.
    pub until: DateTime<Utc>,
}

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimResult {
    /// The record belongs to the claimant.
    Granted,
    /// Another claimant's request is still running. Carries its fingerprint.
    Running(Fingerprint),
    /// A response is stored. Carries the fingerprint of its request.
    Done(Fingerprint, StoredResponse),
}

/// Stores idempotency records. Every call is atomic and has its own timeout.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Claims a record that does not exist, has expired, has an expired claim, or already belongs to the claimant without a
    /// response.
    ///
    /// # Errors
    /// [`StoreUnavailable`] when it is unknown whether the record was claimed.
    async fn claim(&self, claim: &Claim) -> Result<ClaimResult, StoreUnavailable>;

    /// Stores the response until `until`, unless another claimant has the record.
    ///
    /// # Errors
    /// [`StoreUnavailable`] when it is unknown whether the response was stored.
    async fn complete(
        &self,
        claim: &Claim,
        response: &StoredResponse,
        until: DateTime<Utc>,
    ) -> Result<(), StoreUnavailable>;

    /// Removes the record, if it still belongs to the claimant and has no response.
    ///
    /// # Errors
    /// [`StoreUnavailable`] when it is unknown whether the record was removed.
    async fn release(&self, claim: &Claim) -> Result<(), StoreUnavailable>;
}
