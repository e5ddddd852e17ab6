//! Retries of one call: a few attempts, with full jitter between them.
//!
//! The caller decides whether a failure is worth a retry. This module decides how many attempts there are and how long to wait.

use std::time::Duration;

use super::backoff::full_jitter;

/// Maximum number of attempts, including the first.
const MAX_ATTEMPTS: u32 = 4;
/// Upper bound of the delay before the second attempt; doubles before each further one.
const BASE_DELAY: Duration = Duration::from_millis(250);
/// Maximum delay.
pub const MAX_DELAY: Duration = Duration::from_secs(8);

/// The attempts of one call.
#[derive(Debug, Default)]
pub struct Retry {
    failed: u32,
}

impl Retry {
    /// Returns the number of the attempt that is made now, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.failed + 1
    }

    /// Records a failed attempt. Returns how long to wait before the next one; `None` after the last attempt.
    #[must_use]
    pub fn next_delay(&mut self) -> Option<Duration> {
        self.failed += 1;
        (self.failed < MAX_ATTEMPTS).then(|| full_jitter(BASE_DELAY, self.failed - 1, MAX_DELAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_the_maximum_and_vary() {
        let mut longest = [Duration::ZERO; 3];
        for _ in 0..500 {
            let mut retry = Retry::default();
            for longest in &mut longest {
                let delay = retry.next_delay().unwrap();
                *longest = delay.max(*longest);
            }
            assert_eq!(retry.next_delay(), None);
        }
        for (index, longest) in longest.into_iter().enumerate() {
            let max = BASE_DELAY * 2_u32.pow(u32::try_from(index).unwrap());
            assert!(longest <= max && longest > max / 2, "{index}: {longest:?}");
        }
    }
}
