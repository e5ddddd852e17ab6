//! Idempotency records in the state table. Responses are stored compressed, because DynamoDB bills by the kilobyte.

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

use super::attributes::{Item, number, number_of, string, string_of};
use super::call_span::in_span;
use super::throttling::retry_throttled;
use super::{DynamoDbStore, reason};
use crate::idempotency::{
    Claim, ClaimResult, Fingerprint, IdempotencyStore, RecordName, StoreUnavailable, StoredResponse,
};

/// Maximum uncompressed bytes that are read of a response. Far more than any plan has.
const MAX_BODY_BYTES: u64 = 8 << 20;

#[async_trait]
impl IdempotencyStore for DynamoDbStore {
    async fn claim(&self, claim: &Claim) -> Result<ClaimResult, StoreUnavailable> {
        let mut item = key(&claim.name);
        item.extend([
            (
                "fingerprint".to_owned(),
                string(hex::encode(claim.fingerprint.0)),
            ),
            ("owner".to_owned(), string(claim.owner.clone())),
            (
                "running_until".to_owned(),
                number(claim.until.timestamp_millis()),
            ),
            // A dead task's record is removed eventually. Until then it can be claimed again, once `running_until` has passed.
            (
                "expires_at".to_owned(),
                number((claim.now + crate::idempotency::RETENTION).timestamp()),
            ),
        ]);
        let request = self
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
            .expression_attribute_values(":me", string(claim.owner.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let table = &self.tables.state;
        let put = retry_throttled(|| in_span("PutItem", table, request.clone().send())).await;
        let Err(error) = put else {
            return Ok(ClaimResult::Granted);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                let item = failed.item().ok_or_else(|| {
                    StoreUnavailable(
                        "the store rejected a claim without returning the existing record"
                            .to_owned(),
                    )
                })?;
                existing(item).map_err(StoreUnavailable)
            }
            _ => Err(StoreUnavailable(reason(&error))),
        }
    }

    async fn complete(
        &self,
        claim: &Claim,
        response: &StoredResponse,
        until: DateTime<Utc>,
    ) -> Result<(), StoreUnavailable> {
        let body = compress(&response.body).map_err(|error| StoreUnavailable(error.to_string()))?;
        let mut item = key(&claim.name);
        item.extend([
            (
                "fingerprint".to_owned(),
                string(hex::encode(claim.fingerprint.0)),
            ),
            ("owner".to_owned(), string(claim.owner.clone())),
            ("status".to_owned(), number(response.status)),
            ("body".to_owned(), AttributeValue::B(Blob::new(body))),
            ("expires_at".to_owned(), number(until.timestamp())),
        ]);
        let request = self
            .client
            .put_item()
            .table_name(&self.tables.state)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR #owner = :me")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", string(claim.owner.clone()));
        let table = &self.tables.state;
        match retry_throttled(|| in_span("PutItem", table, request.clone().send())).await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                // The claim expired and another request claimed the record. That request's response stands.
                Ok(())
            }
            Err(error) => Err(StoreUnavailable(reason(&error))),
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreUnavailable> {
        let request = self
            .client
            .delete_item()
            .table_name(&self.tables.state)
            .set_key(Some(key(&claim.name)))
            .condition_expression("#owner = :me AND attribute_exists(running_until)")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", string(claim.owner.clone()));
        let table = &self.tables.state;
        match retry_throttled(|| in_span("DeleteItem", table, request.clone().send())).await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(StoreUnavailable(reason(&error))),
        }
    }
}

fn key(name: &RecordName) -> Item {
    Item::from([
        (
            "pk".to_owned(),
            string(format!(
                "idempotency#{}#{}",
                name.client_id,
                hex::encode(name.key)
            )),
        ),
        ("sk".to_owned(), string("record".to_owned())),
    ])
}

/// Reads the result of a claim from the existing record.
fn existing(item: &Item) -> Result<ClaimResult, String> {
    let mut fingerprint = [0; 32];
    let digits = string_of(item, "fingerprint").unwrap_or_default();
    hex::decode_to_slice(digits, &mut fingerprint)
        .map_err(|_| "an idempotency record without a valid fingerprint".to_owned())?;
    let fingerprint = Fingerprint(fingerprint);
    let Some(AttributeValue::B(body)) = item.get("body") else {
        return Ok(ClaimResult::Running(fingerprint));
    };
    let response = StoredResponse {
        status: number_of(item, "status")?,
        body: decompress(body.as_ref())
            .map_err(|error| format!("the body of an idempotency record: {error}"))?,
    };
    Ok(ClaimResult::Done(fingerprint, response))
}

fn compress(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn decompress(body: &[u8]) -> std::io::Result<Bytes> {
    let mut decompressed = Vec::new();
    DeflateDecoder::new(body)
        .take(MAX_BODY_BYTES)
        .read_to_end(&mut decompressed)?;
    Ok(decompressed.into())
}
