//! Pauses between tries: full jitter, so that those who failed together do not try again together.

use std::time::Duration;

/// A pause drawn anew from nothing up to `first` doubled `doublings` times, and never above `longest`.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
#[must_use]
pub fn full_jitter(first: Duration, doublings: u32, longest: Duration) -> Duration {
    let most = first
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(longest);
    most.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_differ() {
        let (first, longest) = (Duration::from_millis(10), Duration::from_millis(35));
        for (doublings, most) in [(0, 10), (1, 20), (2, 35), (99, 35)] {
            let most = Duration::from_millis(most);
            let drawn = (0..500).map(|_| full_jitter(first, doublings, longest));
            let seen = drawn.max().unwrap();
            assert!(seen <= most && seen > most / 2, "{doublings}: {seen:?}");
        }
    }
}
