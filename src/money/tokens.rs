//! Token counts.

use serde::{Deserialize, Serialize};

/// Tokens of one or more calls, as the provider counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// Input tokens that were neither read from nor written to a cache.
    pub input: u64,
    /// Output tokens, including thinking.
    pub output: u64,
    /// Input tokens read from a prompt cache.
    pub cache_read: u64,
    /// Input tokens written to a prompt cache.
    pub cache_write: u64,
}

impl Tokens {
    /// Returns all input tokens, cached or not.
    #[must_use]
    pub const fn all_input(self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }

    /// Returns all input and output tokens.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.all_input().saturating_add(self.output)
    }

    /// Returns the sum, for each kind of token.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
        }
    }
}
