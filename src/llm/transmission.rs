//! Whether a request left this process: the transport reads the body of a request only once it has a connection to write it to.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{ModelError, NotSent};

/// Whether a request may have left. It has not while no transport has read its body: before that there is no connection, no TLS
/// session, or no signature. Error types cannot tell this apart, least of all when a deadline ends the call.
#[derive(Debug, Clone, Default)]
pub(super) struct Transmission(Arc<AtomicBool>);

impl Transmission {
    /// Returns whether the request may have left.
    pub fn has_started(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Marks the request as sent.
    pub fn start(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns a body that tells when it is read.
    pub fn body(&self, bytes: Bytes) -> TrackedBody {
        TrackedBody {
            left: bytes,
            transmission: self.clone(),
        }
    }
}

/// The body of a request.
pub(super) struct TrackedBody {
    left: Bytes,
    transmission: Transmission,
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.transmission.start();
        let left = std::mem::take(&mut self.left);
        Poll::Ready((!left.is_empty()).then(|| Ok(Frame::data(left))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

/// Maps the error of a request that never left because there was no connection.
pub(super) fn no_connection(error: &(dyn Error + 'static)) -> ModelError {
    let chain = || std::iter::successors(Some(error), |&error| cause(error));
    let kinds = chain().filter_map(|error| error.downcast_ref::<io::Error>().map(io::Error::kind));
    // Nothing but a handshake reads data before a request is written.
    let is_tls = kinds.into_iter().any(|kind| {
        matches!(
            kind,
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
        )
    });
    let text: Vec<String> = chain().map(ToString::to_string).collect();
    let text = text.join(": ");
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if is_tls || has(&["invalid peer certificate", "received fatal alert"]) {
        let reason = if has(&["UnknownIssuer", "CaUsedAsEndEntity"]) {
            "no trusted authority has issued the server's certificate"
        } else if has(&["NotValidForName"]) {
            "the server's certificate is for another name"
        } else if has(&["Expired", "NotValidYet"]) {
            "the server's certificate has expired, or is not valid yet"
        } else if has(&["invalid peer certificate"]) {
            "the server's certificate is not valid"
        } else if has(&["InvalidMessage", "corrupt message"]) {
            "the server does not speak TLS on this port"
        } else {
            "the TLS handshake failed"
        };
        return ModelError::not_sent(NotSent::Tls, reason);
    }
    let reason = if has(&["dns error", "failed to lookup address", "ResolveDnsError"]) {
        "the host name was not resolved"
    } else if has(&["onnection refused"]) {
        "the connection was refused"
    } else if has(&["timed out", "timeout", "elapsed"]) {
        "no connection was made in time"
    } else {
        "no connection was made"
    };
    ModelError::not_sent(NotSent::Connect, reason)
}

/// Returns the next error of a chain. `source` of an I/O error skips the error that it wraps.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_handshake_is_told_from_a_failed_connection() {
        let of = |kind, text: &str| no_connection(&io::Error::new(kind, text.to_owned()));
        for (error, why, part) in [
            (
                of(
                    io::ErrorKind::InvalidData,
                    "invalid peer certificate: UnknownIssuer",
                ),
                NotSent::Tls,
                "authority",
            ),
            (
                of(
                    io::ErrorKind::InvalidData,
                    "received corrupt message of type InvalidContentType",
                ),
                NotSent::Tls,
                "speak TLS",
            ),
            (
                no_connection(&io::Error::other(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "tls handshake eof",
                ))),
                NotSent::Tls,
                "handshake",
            ),
            (
                of(io::ErrorKind::ConnectionRefused, "Connection refused"),
                NotSent::Connect,
                "refused",
            ),
            (
                of(io::ErrorKind::TimedOut, "deadline has elapsed"),
                NotSent::Connect,
                "in time",
            ),
        ] {
            assert_eq!(error.kind, crate::llm::ModelErrorKind::NotSent(why));
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn a_request_has_left_once_its_body_is_read() {
        let transmission = Transmission::default();
        let mut body = transmission.body(Bytes::from_static(b"{}"));
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(!transmission.has_started() && !body.is_end_stream());

        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut body).poll_frame(&mut context).is_ready());

        assert!(transmission.has_started() && body.is_end_stream());
    }
}
