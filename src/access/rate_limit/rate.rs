//! How often a client may ask.

use std::num::NonZeroU32;
use std::time::Duration;

/// How often a client may ask: so much in a minute on the long run, and so much at once.
///
/// It is the generic cell rate algorithm's: a bucket of `burst` cells, each of which comes back after `60 / per_minute` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Requests a minute on the long run.
    pub per_minute: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

impl Rate {
    /// After how long one more request is allowed.
    #[must_use]
    pub fn period(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.get()
    }

    /// After how long an emptied bucket is full again.
    #[must_use]
    pub fn window(self) -> Duration {
        self.period() * self.burst.get()
    }
}
