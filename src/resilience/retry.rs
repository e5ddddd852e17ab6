//! Retries of one call: a few, with full jitter between them.
//!
//! Whether a failure is worth another try is for the caller to say; how often and after which pause is decided here.

use std::time::Duration;

use super::backoff::full_jitter;

/// Tries of one call, the first included.
const MAX_TRIES: u32 = 4;
/// The longest pause before the second try; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(8);

/// The tries of one call.
#[derive(Debug, Default)]
pub struct Retry {
    failed: u32,
}

impl Retry {
    /// Notes a failed try. Returns how long to wait before the next one; `None` where all tries are used up.
    #[must_use]
    pub fn next_pause(&mut self) -> Option<Duration> {
        self.failed += 1;
        (self.failed < MAX_TRIES).then(|| full_jitter(FIRST_PAUSE, self.failed - 1, MAX_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_differ() {
        let mut longest = [Duration::ZERO; 3];
        for _ in 0..500 {
            let mut retry = Retry::default();
            for longest in &mut longest {
                let pause = retry.next_pause().unwrap();
                *longest = pause.max(*longest);
            }
            assert_eq!(retry.next_pause(), None);
        }
        for (place, longest) in longest.into_iter().enumerate() {
            let max = FIRST_PAUSE * 2_u32.pow(u32::try_from(place).unwrap());
            assert!(longest <= max && longest > max / 2, "{place}: {longest:?}");
        }
    }
}
