//! Backoff between attempts, with full jitter, so that callers that failed together do not retry together.

use std::time::Duration;

/// Returns a random delay between zero and `base * 2^doublings`, capped at `max`.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
#[must_use]
pub fn full_jitter(base: Duration, doublings: u32, max: Duration) -> Duration {
    let upper = base
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(max);
    upper.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_the_maximum_and_vary() {
        let (base, max) = (Duration::from_millis(10), Duration::from_millis(35));
        for (doublings, upper) in [(0, 10), (1, 20), (2, 35), (99, 35)] {
            let upper = Duration::from_millis(upper);
            let delays = (0..500).map(|_| full_jitter(base, doublings, max));
            let longest = delays.max().unwrap();
            assert!(
                longest <= upper && longest > upper / 2,
                "{doublings}: {longest:?}"
            );
        }
    }
}
