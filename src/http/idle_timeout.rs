//! Idle timeouts for connections: [`IdleTimeoutStream`] fails the next read or write once a client has kept the server waiting for
//! too long.
//!
//! The web server limits the time of the first request head on a connection, but not of later ones, nor that of a client that reads
//! nothing. A timeout that restarts with each byte received would not stop a client that sends one byte now and then. So only bytes
//! written count: no request takes longer than its deadline, and a connection without a response for longer than that is useless.
//!
//! This is our own code because the existing wrapper, `tokio-io-timeout`, restarts its read timeout with every byte received.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a connection may be idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleLimits {
    /// From the first byte of a request, or from a write that the client does not accept, to the next byte of a response.
    pub in_request: Duration,
    /// Between a response and the next request.
    pub keep_alive: Duration,
}

/// Time after the deadline of a request for receiving its head and body and for sending the response.
const TRANSFER_MARGIN: Duration = Duration::from_secs(15);

impl IdleLimits {
    /// Returns the limits for requests that take up to `max_request_time`. A load balancer's idle timeout is the same as `in_request`,
    /// and connections are kept for longer than that: otherwise a load balancer could send a request on a connection that was just
    /// closed.
    #[must_use]
    pub fn for_requests_of(max_request_time: Duration) -> Self {
        let in_request = max_request_time + TRANSFER_MARGIN;
        Self {
            in_request,
            keep_alive: in_request + TRANSFER_MARGIN,
        }
    }
}

/// A stream that times out when nothing was written to it for too long.
pub struct IdleTimeoutStream<T> {
    stream: T,
    limits: IdleLimits,
    last_write: Instant,
    state: State,
    deadline: Pin<Box<Sleep>>,
}

/// What the stream waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The next request. The web server closes the connection after `keep_alive`; this limit only holds where it does not.
    BetweenRequests,
    /// The rest of a request, or its response.
    InRequest,
}

impl<T> IdleTimeoutStream<T> {
    /// Wraps a new connection.
    pub fn new(stream: T, limits: IdleLimits) -> Self {
        Self {
            stream,
            limits,
            last_write: Instant::now(),
            state: State::InRequest,
            deadline: Box::pin(tokio::time::sleep(limits.in_request)),
        }
    }

    /// Notes that a byte of a request arrived. Further bytes do not extend the time.
    fn request_began(&mut self) {
        if self.state == State::BetweenRequests {
            self.state = State::InRequest;
            let deadline = Instant::now() + self.limits.in_request;
            self.deadline.as_mut().reset(deadline);
        }
    }

    /// Notes that the client accepted a part of a response.
    fn response_progressed(&mut self) {
        self.last_write = Instant::now();
        self.state = State::BetweenRequests;
        let deadline = self.last_write + self.limits.keep_alive + self.limits.in_request;
        self.deadline.as_mut().reset(deadline);
    }

    /// Notes that the client does not accept more of a response at the moment.
    fn response_stalled(&mut self) {
        if self.state == State::BetweenRequests {
            self.state = State::InRequest;
            let deadline = self.last_write + self.limits.in_request;
            self.deadline.as_mut().reset(deadline);
        }
    }

    fn poll_timeout(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        ready!(self.deadline.as_mut().poll(context));
        let message = "the connection was idle for too long";
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, message))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for IdleTimeoutStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(error) = self.poll_timeout(context) {
            return Poll::Ready(Err(error));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.request_began();
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for IdleTimeoutStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        match written {
            Poll::Ready(Ok(1..)) => self.response_progressed(),
            Poll::Pending => {
                self.response_stalled();
                if let Poll::Ready(error) = self.poll_timeout(context) {
                    return Poll::Ready(Err(error));
                }
            }
            Poll::Ready(_) => {}
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LIMITS: IdleLimits = IdleLimits {
        in_request: Duration::from_millis(400),
        keep_alive: Duration::from_millis(700),
    };

    #[test]
    fn the_limits_follow_from_the_deadline_of_requests() {
        assert_eq!(
            IdleLimits::for_requests_of(Duration::from_secs(90)),
            IdleLimits {
                in_request: Duration::from_secs(105),
                keep_alive: Duration::from_mins(2),
            }
        );
    }

    #[tokio::test]
    async fn a_client_that_sends_slowly_and_gets_no_response_is_disconnected() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, LIMITS);
        tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(LIMITS.in_request / 20).await;
            }
        });
        let started = Instant::now();
        let mut bytes = Vec::new();

        let error = server.read_to_end(&mut bytes).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(bytes.len() > 2);
        assert_waited(started);
    }

    #[tokio::test]
    async fn a_request_after_a_long_pause_has_its_full_time() {
        let (mut client, mut server) = connection_with_a_response().await;
        tokio::time::sleep(LIMITS.keep_alive).await;
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
        let reading = tokio::time::timeout(LIMITS.in_request / 2, server.read_u8());
        assert!(reading.await.is_err(), "the connection is still open");
        server.write_all(b"y").await.unwrap();

        assert_eq!(client.read_u8().await.unwrap(), b'y');
    }

    #[tokio::test]
    async fn a_later_request_that_does_not_arrive_completely_is_disconnected_as_well() {
        let (mut client, mut server) = connection_with_a_response().await;
        client.write_all(b"x").await.unwrap();
        let started = Instant::now();

        let error = server.read_to_end(&mut Vec::new()).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_waited(started);
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_disconnected() {
        let (client, mut server) = connection_with_a_response().await;
        let started = Instant::now();

        let error = server.write_all(&[0; 1000]).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_waited(started);
        drop(client);
    }

    /// Checks that a connection was closed after the limit, on a busy machine a little later.
    fn assert_waited(started: Instant) {
        // `started` is a little later than the event that the limit counts from.
        let waited = started.elapsed() + LIMITS.in_request / 10;
        assert!(
            (LIMITS.in_request..5 * LIMITS.in_request).contains(&waited),
            "{waited:?}"
        );
    }

    /// Returns a connection on which one response of a byte was sent.
    async fn connection_with_a_response() -> (
        tokio::io::DuplexStream,
        IdleTimeoutStream<tokio::io::DuplexStream>,
    ) {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, LIMITS);
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
        server.write_all(b"y").await.unwrap();
        assert_eq!(client.read_u8().await.unwrap(), b'y');
        (client, server)
    }
}
