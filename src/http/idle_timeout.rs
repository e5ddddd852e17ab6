//! An idle timeout for connections: [`IdleTimeoutStream`] fails the next read once the server has written nothing for too long.
//!
//! The web server limits the time of the first request head on a connection, but not of later ones. A timeout that restarts with
//! each byte received would not stop a client that sends one byte now and then. So only bytes written count: no request takes longer
//! than its deadline, and a connection without a response for longer than that is useless.
//!
//! This is our own code because the existing wrapper, `tokio-io-timeout`, restarts its read timeout with every byte received.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A stream that times out when nothing was written to it for a while.
pub struct IdleTimeoutStream<T> {
    stream: T,
    idle_timeout: Duration,
    deadline: Pin<Box<Sleep>>,
}

impl<T> IdleTimeoutStream<T> {
    /// Wraps a stream that may go without a write for `idle_timeout`, counted from now.
    pub fn new(stream: T, idle_timeout: Duration) -> Self {
        Self {
            stream,
            idle_timeout,
            deadline: Box::pin(tokio::time::sleep(idle_timeout)),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for IdleTimeoutStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            let message = "the connection was idle for too long";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, message)));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for IdleTimeoutStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(1..)) = written {
            let deadline = Instant::now() + self.idle_timeout;
            self.deadline.as_mut().reset(deadline);
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

    const IDLE_TIMEOUT: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn a_client_that_sends_slowly_and_gets_no_response_is_disconnected() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, IDLE_TIMEOUT);
        tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(IDLE_TIMEOUT / 10).await;
            }
        });
        let started = Instant::now();
        let mut bytes = Vec::new();

        let error = server.read_to_end(&mut bytes).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(bytes.len() > 2 && started.elapsed() < 5 * IDLE_TIMEOUT);
    }

    #[tokio::test]
    async fn a_client_that_gets_responses_stays_connected() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, IDLE_TIMEOUT);
        let answering = tokio::spawn(async move {
            let mut byte = [0];
            while server.read_exact(&mut byte).await.is_ok() {
                server.write_all(&byte).await.unwrap();
            }
        });
        for _ in 0..10 {
            tokio::time::sleep(IDLE_TIMEOUT / 3).await;
            client.write_all(b"x").await.unwrap();
            assert_eq!(client.read_u8().await.unwrap(), b'x');
        }
        drop(client);
        answering.await.unwrap();
    }
}
