//! Bodies of responses of a bounded size: the SDK keeps a whole body in memory.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::llm::MAX_RESPONSE_BYTES;

/// A body that fails once it is longer than any real answer.
pub(super) struct BoundedBody {
    inner: SdkBody,
    left: usize,
}

impl BoundedBody {
    pub const fn new(inner: SdkBody) -> Self {
        Self {
            inner,
            left: MAX_RESPONSE_BYTES,
        }
    }
}

impl Body for BoundedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        let Poll::Ready(Some(Ok(frame))) = &polled else {
            return polled;
        };
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(left) = self.left.checked_sub(length) else {
            let error = io::Error::other("the response is longer than allowed");
            return Poll::Ready(Some(Err(error.into())));
        };
        self.left = left;
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.inner)
    }
}
