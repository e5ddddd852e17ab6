//! The rate at which a client may send requests.

use std::num::NonZeroU32;
use std::time::Duration;

/// The rate at which a client may send requests: a sustained rate per minute, and a burst.
///
/// The limiters use the generic cell rate algorithm: a bucket of `burst` cells, one of which is refilled every `60 / per_minute`
/// seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Sustained requests per minute.
    pub per_minute: NonZeroU32,
    /// Requests allowed at once.
    pub burst: NonZeroU32,
}

impl Rate {
    /// Returns the time in which one cell is refilled.
    #[must_use]
    pub fn period(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.get()
    }

    /// Returns the time in which an empty bucket is refilled.
    #[must_use]
    pub fn window(self) -> Duration {
        self.period() * self.burst.get()
    }
}
