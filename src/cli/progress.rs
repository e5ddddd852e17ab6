//! Progress of `goal-router plan` on standard error: on a terminal, one line that counts the seconds; elsewhere, one line per step.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::planner::{Progress, ProgressListener};

/// Moves to the start of the line and clears it.
const CLEAR_LINE: &str = "\r\x1b[2K";

/// Shows the current step until it is dropped.
pub struct ProgressDisplay {
    step: Arc<Mutex<Option<Step>>>,
    ticking: Option<JoinHandle<()>>,
}

/// What a model is doing, and since when.
struct Step {
    text: String,
    started: Instant,
}

impl ProgressDisplay {
    /// Starts without a step. Call it in a tokio runtime.
    pub fn start() -> Self {
        let step: Arc<Mutex<Option<Step>>> = Arc::default();
        let ticking = std::io::stderr().is_terminal().then(|| {
            let step = Arc::clone(&step);
            tokio::spawn(async move {
                let mut ticks = tokio::time::interval(Duration::from_secs(1));
                loop {
                    ticks.tick().await;
                    if let Some(step) = &*lock(&step) {
                        let seconds = step.started.elapsed().as_secs();
                        write(&format!("{CLEAR_LINE}{} … {seconds} s", step.text));
                    }
                }
            })
        });
        Self { step, ticking }
    }

    /// Returns the listener that shows the steps.
    pub fn listener(&self) -> ProgressListener {
        let step = Arc::clone(&self.step);
        let is_terminal = self.ticking.is_some();
        Arc::new(move |progress| {
            let text = progress.to_string();
            let mut step = lock(&step);
            let is_running = matches!(progress, Progress::Classifying(_) | Progress::Writing(_));
            if is_terminal && is_running {
                write(&format!("{CLEAR_LINE}{text} …"));
                let started = Instant::now();
                *step = Some(Step { text, started });
            } else {
                let clear = if is_terminal { CLEAR_LINE } else { "" };
                write(&format!("{clear}{text}\n"));
                *step = None;
            }
        })
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        if let Some(ticking) = self.ticking.take() {
            ticking.abort();
            // Under the lock, no tick writes the line again.
            if lock(&self.step).take().is_some() {
                write(CLEAR_LINE);
            }
        }
    }
}

fn lock(step: &Mutex<Option<Step>>) -> std::sync::MutexGuard<'_, Option<Step>> {
    step.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to standard error. Progress is not worth failing for.
fn write(text: &str) {
    let mut output = std::io::stderr().lock();
    drop(output.write_all(text.as_bytes()));
    drop(output.flush());
}
