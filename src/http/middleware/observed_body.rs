//! The body of an observed response: the request ends with it, not with the head of the response.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use pin_project_lite::pin_project;

use super::request_guard::RequestGuard;

pin_project! {
    /// A body that tells the guard of its request when it is complete. If it is dropped before, the client left.
    pub struct ObservedBody<B> {
        #[pin]
        body: B,
        guard: Option<RequestGuard>,
    }
}

impl<B: MessageBody> ObservedBody<B> {
    /// Observes a body. One that is empty, or is not sent because only the head was asked for, is complete at once.
    pub fn new(body: B, guard: Option<RequestGuard>, only_head: bool) -> Self {
        let mut observed = Self { body, guard };
        let is_empty = matches!(observed.body.size(), BodySize::None | BodySize::Sized(0));
        if only_head || is_empty {
            end(&mut observed.guard);
        }
        observed
    }
}

/// Reports the end of a request whose response is complete.
fn end(guard: &mut Option<RequestGuard>) {
    if let Some(mut guard) = guard.take() {
        guard.completed();
    }
}

impl<B: MessageBody> MessageBody for ObservedBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.project();
        let polled = this.body.poll_next(context);
        match &polled {
            Poll::Ready(None) => end(this.guard),
            // A body that cannot be made is our failure. The connection is closed.
            Poll::Ready(Some(Err(_))) => {
                if let Some(guard) = this.guard {
                    guard.responds(500, None);
                }
                end(this.guard);
            }
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        polled
    }
}
