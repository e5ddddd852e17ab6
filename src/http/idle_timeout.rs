//! How long a client may keep a connection without getting anything over it.
//!
//! The web server gives the first head of a connection its time, and none to those that follow. Counting the client's bytes would
//! not help against one that sends a byte now and then; so what counts is ours: no request takes longer than its deadline, and a
//! connection that got no byte of an answer for longer than that is held for nothing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A connection whose client gets an answer, or loses it.
pub struct IdleTimeoutStream<T> {
    stream: T,
    idle_timeout: Duration,
    deadline: Pin<Box<Sleep>>,
}

impl<T> IdleTimeoutStream<T> {
    /// A connection that may go for so long without a byte of an answer.
    pub fn new(stream: T, patience: Duration) -> Self {
        Self {
            stream,
            idle_timeout: patience,
            deadline: Box::pin(tokio::time::sleep(patience)),
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
            let why = "the client kept the connection for nothing";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)));
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
            let over = Instant::now() + self.idle_timeout;
            self.deadline.as_mut().reset(over);
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

    const PATIENCE: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn who_sends_now_and_then_and_gets_nothing_loses_the_connection() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, PATIENCE);
        tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(PATIENCE / 10).await;
            }
        });
        let started = Instant::now();
        let mut bytes = Vec::new();

        let error = server.read_to_end(&mut bytes).await.unwrap_err();

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(bytes.len() > 2 && started.elapsed() < 5 * PATIENCE);
    }

    #[tokio::test]
    async fn who_gets_answers_keeps_it() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = IdleTimeoutStream::new(server, PATIENCE);
        let answering = tokio::spawn(async move {
            let mut byte = [0];
            while server.read_exact(&mut byte).await.is_ok() {
                server.write_all(&byte).await.unwrap();
            }
        });
        for _ in 0..10 {
            tokio::time::sleep(PATIENCE / 3).await;
            client.write_all(b"x").await.unwrap();
            assert_eq!(client.read_u8().await.unwrap(), b'x');
        }
        drop(client);
        answering.await.unwrap();
    }
}
