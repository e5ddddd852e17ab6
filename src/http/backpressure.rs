//! Backpressure for connections: [`BackpressureStream`] bounds what a client costs that does not read its responses.
//!
//! The web server reads and parses whatever a client sends ahead of its responses. A client that pipelines requests and reads
//! nothing would fill its buffers, keep a worker busy, and hold up the shutdown. So:
//!
//! - One poll reads at most [`READ_AHEAD`] bytes, and nothing while a write is blocked. What the client sends on then waits in the
//!   system's buffers, and at last at the client.
//! - The web server polls itself in a loop while its read buffer is full of requests that have to wait for an earlier response. Such
//!   a connection fails after [`MAX_IDLE_POLLS`]: a client that waits for its responses never sends that far ahead.
//! - On shutdown, writes may be blocked for [`CLOSING_STALL`] in all. Then the connection fails.
//!
//! This is our own code because the web server has no settings for any of this.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

/// Maximum number of bytes to read in one poll. Most requests fit, with their bodies.
const READ_AHEAD: usize = 16 * 1024;
/// Maximum number of polls in a row in which the web server neither tries to read nor writes anything.
const MAX_IDLE_POLLS: u32 = 1_000;
/// How long writes to a client may be blocked in all, once the server is closing. The workers look for ended connections about once a
/// second; with that and the rest of the shutdown, a client delays the exit by less than 5 s.
const CLOSING_STALL: Duration = Duration::from_secs(2);

/// A stream that does not read while it cannot write.
pub struct BackpressureStream<T> {
    stream: T,
    /// Cancelled when the server closes its connections.
    closing: CancellationToken,
    /// The bytes read since a read was last pending.
    read_ahead: usize,
    write_blocked: bool,
    /// Whether a read is pending only because a write is blocked.
    read_waits: bool,
    idle_polls: u32,
    stall_left: Duration,
    /// Ends when the current write has been blocked for too long.
    stall: Option<Pin<Box<Sleep>>>,
}

impl<T> BackpressureStream<T> {
    /// Wraps a stream of a server that cancels `closing` on shutdown.
    pub const fn new(stream: T, closing: CancellationToken) -> Self {
        Self {
            stream,
            closing,
            read_ahead: 0,
            write_blocked: false,
            read_waits: false,
            idle_polls: 0,
            stall_left: CLOSING_STALL,
            stall: None,
        }
    }

    /// Records that a write made progress.
    fn wrote(&mut self, context: &Context<'_>) {
        self.idle_polls = 0;
        self.write_blocked = false;
        if let Some(stall) = self.stall.take() {
            self.stall_left = stall.deadline().saturating_duration_since(Instant::now());
        }
        if std::mem::take(&mut self.read_waits) {
            context.waker().wake_by_ref();
        }
    }

    /// Records that a write is blocked. Ready with an error if it has been for too long.
    fn poll_stall(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        self.write_blocked = true;
        if !self.closing.is_cancelled() {
            return Poll::Pending;
        }
        let left = self.stall_left;
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(timed_out("the client does not read its responses"))
    }

    /// Records that the web server polled the connection.
    ///
    /// # Errors
    /// Returns an error if it did so too often without reading or writing.
    fn count_poll(&mut self) -> io::Result<()> {
        self.idle_polls += 1;
        if self.idle_polls > MAX_IDLE_POLLS {
            return Err(timed_out("the client sent too much ahead of its responses"));
        }
        Ok(())
    }
}

fn timed_out(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, message)
}

impl<T: AsyncRead + Unpin> AsyncRead for BackpressureStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.idle_polls = 0;
        if self.write_blocked {
            // The write wakes the task.
            self.read_waits = true;
            return Poll::Pending;
        }
        if self.read_ahead >= READ_AHEAD {
            self.read_ahead = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match &read {
            Poll::Pending => self.read_ahead = 0,
            Poll::Ready(_) => self.read_ahead += buffer.filled().len() - before,
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for BackpressureStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.count_poll()?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_pending() {
            return self.poll_stall(context).map(Err);
        }
        self.wrote(context);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.count_poll()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use super::*;

    /// The bytes that fit between the two ends of a connection.
    const CAPACITY: usize = 256;

    fn connection() -> (
        DuplexStream,
        BackpressureStream<DuplexStream>,
        CancellationToken,
    ) {
        let (client, server) = tokio::io::duplex(CAPACITY);
        let closing = CancellationToken::new();
        let server = BackpressureStream::new(server, closing.clone());
        (client, server, closing)
    }

    #[tokio::test]
    async fn nothing_is_read_while_a_write_is_blocked_and_reading_goes_on_after_it() {
        let (mut client, mut server, _) = connection();
        client.write_all(b"more").await.unwrap();
        let mut byte = [0];
        let blocked = [0; CAPACITY + 1];

        let (read, written) = {
            let (mut reader, mut writer) = tokio::io::split(&mut server);
            let mut write = Box::pin(writer.write_all(&blocked));
            let written = futures_util::poll!(&mut write).is_ready();
            let read = futures_util::poll!(Box::pin(reader.read(&mut byte))).is_ready();
            let mut taken = [0; CAPACITY + 1];
            client.read_exact(&mut taken[..CAPACITY]).await.unwrap();
            write.await.unwrap();
            (read, written)
        };

        assert!(!written && !read);
        assert_eq!(server.read_u8().await.unwrap(), b'm');
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_disconnected_only_once_the_server_closes() {
        let (_client, mut server, closing) = connection();
        let open = server.write_all(&[0; 2 * CAPACITY]);
        let open = tokio::time::timeout(CLOSING_STALL / 10, open).await;
        assert!(open.is_err(), "the write is blocked");

        closing.cancel();
        let started = Instant::now();
        let error = server.write_all(b"x").await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= CLOSING_STALL);
    }

    #[tokio::test]
    async fn a_server_that_only_polls_itself_is_stopped() {
        let (_client, mut server, _) = connection();
        let polled = poll_fn(|context| {
            for polls in 1..=2 * MAX_IDLE_POLLS {
                if Pin::new(&mut server).poll_flush(context)?.is_pending() {
                    return Poll::Ready(Ok(polls));
                }
            }
            Poll::Ready(Ok(2 * MAX_IDLE_POLLS))
        });

        let error: io::Error = polled.await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
