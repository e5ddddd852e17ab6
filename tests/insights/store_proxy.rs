//! A proxy to the store that can freeze: connections stay open, and nothing gets through.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct StoreProxy {
    pub endpoint: String,
    frozen: watch::Sender<bool>,
}

impl StoreProxy {
    pub async fn start(store: &str) -> Self {
        let target: Arc<str> = store.trim_start_matches("http://").into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (frozen, state) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, state) = (Arc::clone(&target), state.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(&*target).await else {
                        return;
                    };
                    let (client_read, client_write) = client.into_split();
                    let (server_read, server_write) = server.into_split();
                    tokio::join!(
                        forward(client_read, server_write, state.clone()),
                        forward(server_read, client_write, state)
                    );
                });
            }
        });
        Self { endpoint, frozen }
    }

    pub fn freeze(&self, frozen: bool) {
        self.frozen.send(frozen).unwrap();
    }
}

async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(count) = from.read(&mut buffer).await else {
            return;
        };
        let flows = state.wait_for(|frozen| !frozen).await.is_ok();
        if !flows || count == 0 || to.write_all(&buffer[..count]).await.is_err() {
            to.shutdown().await.ok();
            return;
        }
    }
}
