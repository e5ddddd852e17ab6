//! Rate limits across processes: the same algorithm as a Redis script, with one round trip per request.
//!
//! The script uses the clock of Redis, so the clocks of processes need not agree.

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use redis::Script;

use super::RedisClient;
use crate::access::rate_limit::{Decision, Rate, SharedLimit};

/// The generic cell rate algorithm on one key. Its value is the time at which the bucket will be full again, in microseconds since
/// 1970.
const GCRA: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or 0)
if full < now then full = now end
local after = full + period
local early = after - now - period * burst
if early > 0 then return {0, 0, full - now, early} end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return {1, math.floor(-early / period), after - now, 0}
";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(GCRA));

#[async_trait]
impl SharedLimit for RedisClient {
    async fn check(&self, client: &str, rate: Rate) -> Option<Decision> {
        let period = u64::try_from(rate.period().as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        let mut call = SCRIPT.key(format!("goal-router:rate:{client}"));
        call.arg(period).arg(rate.burst.get());
        let (allowed, remaining, reset_after, retry_after): (u8, u32, u64, u64) = self
            .query(async |connection| call.invoke_async(connection).await)
            .await?;
        Some(Decision {
            allowed: allowed == 1,
            remaining,
            reset_after: Duration::from_micros(reset_after),
            retry_after: Duration::from_micros(retry_after),
        })
    }
}
