//! Retries by the table of errors: with full jitter, and never of a call that was surely billed.

use std::time::Duration;

use crate::backoff::full_jitter;
use crate::model::{Billed, Failure, ModelError};

/// Tries of one call, the first included, as long as nothing was billed.
const FREE_TRIES: u32 = 4;
/// The longest pause before the second try; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The tries of one call.
#[derive(Debug, Default)]
pub struct Retry {
    failed: u32,
}

impl Retry {
    /// How long to wait before the next try; `None` where the failure is to be taken as it is.
    ///
    /// `may_bill_again` says whether the hold covers one more call, for failures that may have been billed.
    #[must_use]
    pub fn after(&mut self, error: &ModelError, may_bill_again: bool) -> Option<Duration> {
        self.failed += 1;
        let again = match (error.kind, error.billed) {
            // Too late for another, or of no use.
            (Failure::TimedOut | Failure::Denied | Failure::Rejected | Failure::Resting, _) => {
                false
            }
            (_, Billed::No) => self.failed < FREE_TRIES,
            (_, Billed::Perhaps) => may_bill_again && self.failed < FREE_TRIES,
        };
        again.then(|| full_jitter(FIRST_PAUSE, self.failed - 1, LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: Failure, billed: Billed) -> ModelError {
        ModelError {
            kind,
            billed,
            message: String::new(),
        }
    }

    #[test]
    fn each_failure_is_tried_again_as_the_table_says() {
        for (kind, billed, may_bill_again, tries) in [
            (Failure::Throttled, Billed::No, false, 3),
            (Failure::Unavailable, Billed::No, false, 3),
            (Failure::Connection, Billed::No, false, 3),
            (Failure::Unavailable, Billed::Perhaps, false, 0),
            (Failure::Unavailable, Billed::Perhaps, true, 3),
            (Failure::Connection, Billed::Perhaps, false, 0),
            (Failure::TimedOut, Billed::Perhaps, true, 0),
            (Failure::Denied, Billed::No, true, 0),
            (Failure::Rejected, Billed::No, true, 0),
        ] {
            let mut retry = Retry::default();
            let error = error(kind, billed);
            let mut count = 0;
            while retry.after(&error, may_bill_again).is_some() {
                count += 1;
            }
            assert_eq!(count, tries, "{kind} {billed:?} {may_bill_again}");
        }
    }

    #[test]
    fn pauses_grow_up_to_a_bound_and_differ() {
        let mut longest = [Duration::ZERO; 3];
        for _ in 0..500 {
            let mut retry = Retry::default();
            for longest in &mut longest {
                let pause = retry
                    .after(&error(Failure::Throttled, Billed::No), false)
                    .unwrap();
                *longest = pause.max(*longest);
            }
        }
        for (place, longest) in longest.into_iter().enumerate() {
            let most = FIRST_PAUSE * 2_u32.pow(u32::try_from(place).unwrap());
            assert!(
                longest <= most && longest > most / 2,
                "{place}: {longest:?}"
            );
        }
    }
}
