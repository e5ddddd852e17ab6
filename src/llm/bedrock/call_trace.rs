//! Follows one call through the SDK: how far its request came, and the body of its response.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use http_body::Body as _;

use super::response_body::{BoundedBody, WithheldBody};
use crate::llm::retry_after;
use crate::llm::transmission::Transmission;

/// How far a request came. The SDK goes through the steps in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Progress {
    /// It is being built.
    Building,
    /// Credentials are being loaded.
    Identifying,
    /// It is being signed.
    Signing,
    /// A connection is being made, or taken from the pool.
    Connecting,
    /// It may have left.
    Sent,
}

/// A response that arrived completely.
#[derive(Debug)]
pub(super) struct ReceivedResponse {
    pub status: u16,
    pub body: Bytes,
    /// How long it asks to wait before the next call.
    pub retry_after: Option<Duration>,
}

/// An interceptor that follows one call. Clones follow the same call.
#[derive(Debug, Clone, Default)]
pub(super) struct CallTrace {
    transmission: Transmission,
    progress: Arc<AtomicU8>,
    /// The body of a successful response, once it has arrived completely.
    answer: Arc<OnceLock<Bytes>>,
    response: Arc<Mutex<Option<ReceivedResponse>>>,
}

impl CallTrace {
    /// Returns how far the request came.
    pub fn progress(&self) -> Progress {
        if self.transmission.has_started() {
            return Progress::Sent;
        }
        let steps = [
            Progress::Identifying,
            Progress::Signing,
            Progress::Connecting,
        ];
        let reached = self.progress.load(Ordering::Acquire);
        let reached = steps.into_iter().find(|step| *step as u8 == reached);
        reached.unwrap_or(Progress::Building)
    }

    /// Returns the response, if it arrived completely.
    pub fn take_response(&self) -> Option<ReceivedResponse> {
        let mut response = self.response.lock().unwrap_or_else(PoisonError::into_inner);
        response.take()
    }

    fn reach(&self, step: Progress) {
        self.progress.store(step as u8, Ordering::Release);
    }
}

/// Takes the bytes out of a body that is in memory, which are its only part.
fn in_memory(mut body: SdkBody) -> Bytes {
    let context = &mut Context::from_waker(Waker::noop());
    match Pin::new(&mut body).poll_frame(context) {
        Poll::Ready(Some(Ok(part))) => part.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    }
}

impl Intercept for CallTrace {
    fn name(&self) -> &'static str {
        "CallTrace"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.reach(Progress::Identifying);
        Ok(())
    }

    fn read_before_signing(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.reach(Progress::Signing);
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.reach(Progress::Connecting);
        let body = context.request_mut().body_mut();
        if body.bytes().is_none() {
            // A body that is not in memory cannot be followed, so it counts as sent.
            self.transmission.start();
            return Ok(());
        }
        let whole = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(self.transmission.body(in_memory(whole)));
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_answer = context.response().status().is_success();
        let body = context.response_mut().body_mut();
        let whole = BoundedBody::new(std::mem::replace(body, SdkBody::taken()));
        // An answer is read once, and not by the SDK, for which it is empty: that is an answer without fields.
        *body = if is_answer {
            SdkBody::from_body_1_x(WithheldBody::new(whole, Arc::clone(&self.answer)))
        } else {
            SdkBody::from_body_1_x(whole)
        };
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = if response.status().is_success() {
            self.answer.get().cloned()
        } else {
            response.body().bytes().map(Bytes::copy_from_slice)
        };
        let received = body.map(|body| ReceivedResponse {
            status: response.status().as_u16(),
            retry_after: retry_after::of_response(|name| response.headers().get(name), &body),
            body,
        });
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = received;
        Ok(())
    }
}
