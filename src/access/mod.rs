//! Who may call the API, how often, and from whose pages.
//!
//! It knows credentials, addresses and rates, not headers: `http::middleware` takes those apart.

mod allowed_origins;
pub mod identity;
pub mod rate_limit;
pub mod tier;

pub use self::allowed_origins::AllowedOrigins;
use self::identity::Identity;
use self::rate_limit::RateLimiter;
pub use self::tier::{Tier, Tiers};

/// Who may call the API, how often, and from whose pages.
pub struct Access {
    /// Tells who a client is.
    pub identity: Identity,
    /// Counts how often it calls.
    pub limiter: RateLimiter,
    /// Proxies before us whose entries in `X-Forwarded-For` count.
    pub trusted_hops: usize,
    /// Whose pages may call the API from a browser.
    pub origins: AllowedOrigins,
}
