//! The embedded DynamoDB engine, which the process serves to itself on a loopback port. Its data is in one SQLite file under
//! `DATA_DIR`, or in memory for tests. It runs on its own thread, because its file writes block.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Number of threads that serve the engine. Its lock allows one writer at a time; a second thread can read the next request.
const THREADS: usize = 2;

/// Interval between removals of expired items.
const EXPIRY_INTERVAL: Duration = Duration::from_hours(1);

/// A running engine. Dropping it stops the engine and closes its file.
#[derive(Debug)]
pub struct EmbeddedEngine {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The folder could not be created.
    #[error("cannot create the folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The database could not be opened.
    #[error("cannot open the embedded database {place}: {why}")]
    Database {
        /// The file, or "in memory".
        place: String,
        /// The engine's error.
        why: String,
    },
    /// Another process has locked the database.
    #[error(
        "another process has locked the embedded database {place}; stop that process, or set DATA_DIR to another folder"
    )]
    Locked {
        /// The file.
        place: String,
    },
    /// The loopback port or the thread could not be opened.
    #[error("cannot serve the embedded database: {0}")]
    Serve(#[from] std::io::Error),
}

impl EmbeddedEngine {
    /// Starts an engine over the file `goal-router.db` in `folder`. Creates both if they do not exist.
    ///
    /// # Errors
    /// [`EngineError`] says why it did not start.
    pub fn in_folder(folder: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(folder).map_err(|source| EngineError::Folder {
            folder: folder.display().to_string(),
            source,
        })?;
        let file = folder.join("goal-router.db");
        let place = file.display().to_string();
        let database = dynoxide::Database::new(&place).map_err(|error| {
            let why = error.to_string();
            // The engine has no kind of its own for this.
            if why.contains("database is locked") {
                EngineError::Locked { place }
            } else {
                EngineError::Database { place, why }
            }
        })?;
        Self::start(database)
    }

    /// Starts an engine in memory. Its data is lost when it stops.
    ///
    /// # Errors
    /// [`EngineError`] says why it did not start.
    pub fn in_memory() -> Result<Self, EngineError> {
        let database = dynoxide::Database::memory().map_err(|error| EngineError::Database {
            place: "in memory".to_owned(),
            why: error.to_string(),
        })?;
        Self::start(database)
    }

    fn start(database: dynoxide::Database) -> Result<Self, EngineError> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("embedded-dynamodb")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        // The engine does not remove expired items by itself, as DynamoDB does.
        let expiring = database.clone();
        runtime.spawn(async move {
            let mut ticks = tokio::time::interval(EXPIRY_INTERVAL);
            loop {
                ticks.tick().await;
                let database = expiring.clone();
                let sweep = tokio::task::spawn_blocking(move || database.sweep_ttl());
                if let Ok(Err(error)) = sweep.await {
                    tracing::warn!(event_type = "error", error_type = "embedded_engine", error_message = %error, "expired items could not be removed from the embedded database; the next attempt follows in an hour");
                }
            }
        });
        let thread = std::thread::Builder::new().name("embedded-dynamodb".to_owned()).spawn(move || {
            let served = runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).map_err(|error| error.to_string())?;
                // A message and a dropped sender both mean: stop.
                dynoxide::server::serve_with_shutdown(listener, database, async move { drop(stopped.await) }).await
            });
            if let Err(why) = served {
                tracing::error!(event_type = "error", error_type = "embedded_engine", error_message = %why, "the embedded database stopped");
            }
        })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the URL of the engine's endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for EmbeddedEngine {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(
                event_type = "error",
                error_type = "embedded_engine",
                error_message = "its thread panicked",
                "the embedded database stopped with a panic"
            );
        }
    }
}
