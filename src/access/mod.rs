//! Access control: who may call the API, how often, and from which origins.
//!
//! This module knows credentials, addresses and rates, not headers: `http::middleware` parses those.

mod allowed_origins;
pub mod identity;
pub mod rate_limit;
pub mod tier;

pub use self::allowed_origins::AllowedOrigins;
use self::identity::Identity;
use self::rate_limit::RateLimiter;
pub use self::tier::{Tier, Tiers};

/// Who may call the API, how often, and from which origins.
pub struct Access {
    /// Identifies clients.
    pub identity: Identity,
    /// Limits how often each client calls.
    pub limiter: RateLimiter,
    /// Number of trusted proxies in front of the service, whose `X-Forwarded-For` entries count.
    pub trusted_hops: usize,
    /// The origins whose pages may call the API from a browser.
    pub origins: AllowedOrigins,
}
