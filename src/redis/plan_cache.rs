//! The plan cache shared by processes.

use std::time::Duration;

use async_trait::async_trait;

use super::RedisClient;
use crate::planner::PlanStore;

/// Stores plans as `goal-router:plan:<name>`.
#[async_trait]
impl PlanStore for RedisClient {
    async fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.query(async |connection| {
            redis::cmd("GET")
                .arg(plan_key(name))
                .query_async(connection)
                .await
        })
        .await?
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, ttl: Duration) {
        let milliseconds = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        self.query(async |connection| {
            let mut set = redis::cmd("SET");
            set.arg(plan_key(name))
                .arg(bytes)
                .arg("PX")
                .arg(milliseconds);
            set.query_async::<()>(connection).await
        })
        .await;
    }
}

fn plan_key(name: &str) -> String {
    format!("goal-router:plan:{name}")
}
