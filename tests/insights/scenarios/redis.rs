//! A Redis that accepts connections and never answers.

use tokio::net::TcpListener;

use crate::service::{ESTIMATE, Service};

/// Plays it. Returns what was logged.
pub async fn play() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[("REDIS_URL", &url)]).await;
    for number in 0..4 {
        let id = format!("redis-{number}");
        assert_eq!(service.post(ESTIMATE, &id, None).await, 200);
    }
    service.wait_for("\"event_type\":\"redis\"").await;
    silent.abort();
    service.stop()
}
