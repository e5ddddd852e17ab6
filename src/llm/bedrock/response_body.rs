//! Bodies of responses: all of a bounded size, because they are kept in memory, and those of answers withheld from the SDK.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use aws_smithy_types::body::SdkBody;
use bytes::{Bytes, BytesMut};
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

/// A body that appears to be empty. What it holds is kept apart, once it has arrived completely.
pub(super) struct WithheldBody {
    inner: BoundedBody,
    first: Bytes,
    /// Everything so far, if it came in several parts.
    joined: BytesMut,
    whole: Arc<OnceLock<Bytes>>,
}

impl WithheldBody {
    /// Returns a body that leaves what it holds in `whole`.
    pub fn new(inner: BoundedBody, whole: Arc<OnceLock<Bytes>>) -> Self {
        Self {
            inner,
            first: Bytes::new(),
            joined: BytesMut::new(),
            whole,
        }
    }

    fn add(&mut self, part: Bytes) {
        if self.first.is_empty() {
            self.first = part;
            return;
        }
        if self.joined.is_empty() {
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&part);
    }

    fn end(&mut self) {
        let whole = if self.joined.is_empty() {
            std::mem::take(&mut self.first)
        } else {
            std::mem::take(&mut self.joined).freeze()
        };
        // A body ends once.
        drop(self.whole.set(whole));
    }
}

impl Body for WithheldBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                None => {
                    self.end();
                    return Poll::Ready(None);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    if let Ok(part) = frame.into_data() {
                        self.add(part);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that comes in parts.
    struct Parts(Vec<&'static str>);

    impl Body for Parts {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            let part = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(part.map(|part| Ok(Frame::data(Bytes::from(part)))))
        }
    }

    #[test]
    fn a_withheld_body_appears_to_be_empty_and_is_kept_whole() {
        for parts in [vec![], vec!["one"], vec!["one ", "two ", "three"]] {
            let expected = parts.concat();
            let whole = Arc::default();
            let inner = BoundedBody::new(SdkBody::from_body_1_x(Parts(parts)));
            let mut body = WithheldBody::new(inner, Arc::clone(&whole));
            let context = &mut Context::from_waker(std::task::Waker::noop());
            assert!(matches!(
                Pin::new(&mut body).poll_frame(context),
                Poll::Ready(None)
            ));
            assert_eq!(whole.get().unwrap(), expected.as_bytes());
        }
    }
}
