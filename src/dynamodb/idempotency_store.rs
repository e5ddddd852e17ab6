//! The records of idempotency keys, in the state table. Answers are kept compressed: a table is paid for by the kilobyte.

use std::io::{Read as _, Write as _};

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::DynamoDbStore;
use super::attributes::{Item, number, number_of, text, text_of};
use super::ledger_store::unavailable;
use crate::idempotency::{
    Claim, ClaimResult, Fingerprint, IdempotencyStore, RecordName, StoredResponse, Unavailable,
};

/// Most bytes of an answer, uncompressed: far above any plan's.
const MAX_BYTES: u64 = 8 << 20;

#[async_trait]
impl IdempotencyStore for DynamoDbStore {
    async fn claim(&self, claim: &Claim) -> Result<ClaimResult, Unavailable> {
        let mut item = key(&claim.name);
        item.extend([
            (
                "fingerprint".to_owned(),
                text(hex::encode(claim.fingerprint.0)),
            ),
            ("owner".to_owned(), text(claim.owner.clone())),
            (
                "running_until".to_owned(),
                number(claim.until.timestamp_millis()),
            ),
            // Expiry takes days; what a dead task leaves may go when nobody can claim it anew under the same key.
            (
                "expires_at".to_owned(),
                number((claim.now + crate::idempotency::RETENTION).timestamp()),
            ),
        ]);
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.state)
            .set_item(Some(item))
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at <= :now OR running_until <= :now_ms OR (#owner = :me AND attribute_exists(running_until))",
            )
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":now", number(claim.now.timestamp()))
            .expression_attribute_values(":now_ms", number(claim.now.timestamp_millis()))
            .expression_attribute_values(":me", text(claim.owner.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = put else {
            return Ok(ClaimResult::Granted);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(there)) => {
                let item = there.item().ok_or_else(|| {
                    Unavailable("the store did not say what a claim met".to_owned())
                })?;
                existing(item).map_err(Unavailable)
            }
            _ => Err(unavailable(&error)),
        }
    }

    async fn complete(
        &self,
        claim: &Claim,
        answer: &StoredResponse,
        until: DateTime<Utc>,
    ) -> Result<(), Unavailable> {
        let body = deflated(&answer.body).map_err(|error| Unavailable(error.to_string()))?;
        let mut item = key(&claim.name);
        item.extend([
            (
                "fingerprint".to_owned(),
                text(hex::encode(claim.fingerprint.0)),
            ),
            ("owner".to_owned(), text(claim.owner.clone())),
            ("status".to_owned(), number(answer.status)),
            ("body".to_owned(), AttributeValue::B(Blob::new(body))),
            ("expires_at".to_owned(), number(until.timestamp())),
        ]);
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.state)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR #owner = :me")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", text(claim.owner.clone()))
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                // It took so long that another has it now; that one's answer stands.
                Ok(())
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), Unavailable> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.tables.state)
            .set_key(Some(key(&claim.name)))
            .condition_expression("#owner = :me AND attribute_exists(running_until)")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", text(claim.owner.clone()))
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(unavailable(&error)),
        }
    }
}

fn key(name: &RecordName) -> Item {
    Item::from([
        (
            "pk".to_owned(),
            text(format!(
                "idempotency#{}#{}",
                name.client_id,
                hex::encode(name.key)
            )),
        ),
        ("sk".to_owned(), text("record".to_owned())),
    ])
}

fn existing(item: &Item) -> Result<ClaimResult, String> {
    let mut fingerprint = [0; 32];
    let shown = text_of(item, "fingerprint").unwrap_or_default();
    hex::decode_to_slice(shown, &mut fingerprint)
        .map_err(|_| "a record without its fingerprint".to_owned())?;
    let fingerprint = Fingerprint(fingerprint);
    let Some(AttributeValue::B(body)) = item.get("body") else {
        return Ok(ClaimResult::Running(fingerprint));
    };
    let answer = StoredResponse {
        status: number_of(item, "status")?,
        body: inflated(body.as_ref()).map_err(|error| format!("a record's answer: {error}"))?,
    };
    Ok(ClaimResult::Done(fingerprint, answer))
}

fn deflated(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn inflated(body: &[u8]) -> std::io::Result<Bytes> {
    let mut plain = Vec::new();
    DeflateDecoder::new(body)
        .take(MAX_BYTES)
        .read_to_end(&mut plain)?;
    Ok(plain.into())
}
