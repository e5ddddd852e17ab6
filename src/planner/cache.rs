//! Plans that were made lately: in this process, or in Redis for all of them.
//!
//! What comes back from Redis is from outside: it becomes a plan only through the same check as a model's answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::plan_key::PlanKey;
use super::{Answer, Classification, ClassifiedBy, Timings};
use crate::category::Category;
use crate::constraints::Constraints;
use crate::language::Language;
use crate::ledger::{Money, Tokens};
use crate::model::catalogue::ModelName;
use crate::plan::check::check;
use crate::plan::{Draft, Plan};
use crate::redis_link::RedisLink;

/// Most bytes of plans that a process keeps.
const MOST_BYTES: u64 = 64 << 20;

/// Plans that were made lately.
pub enum PlanCache {
    /// In this process.
    Memory(moka::sync::Cache<PlanKey, Answer>),
    /// In Redis.
    Redis {
        /// The way there.
        link: RedisLink,
        /// How long plans are kept.
        ttl: Duration,
    },
}

/// A plan as Redis keeps it.
#[derive(Serialize, Deserialize)]
struct KeptPlan {
    draft: serde_json::Value,
    category: Category,
    source: ClassifiedBy,
    confidence: f32,
    model: String,
    language: String,
    repaired: bool,
    created_at: DateTime<Utc>,
}

impl PlanCache {
    /// A cache in this process, which keeps plans for so long.
    #[must_use]
    pub fn in_memory(ttl: Duration) -> Self {
        Self::Memory(
            moka::sync::Cache::builder()
                .max_capacity(MOST_BYTES)
                .weigher(|_, answer: &Answer| weight(&answer.plan))
                .time_to_live(ttl)
                .build(),
        )
    }

    /// The plan of that key.
    pub(super) async fn get(&self, key: &PlanKey, constraints: &Constraints) -> Option<Answer> {
        match self {
            Self::Memory(cache) => cache.get(key),
            Self::Redis { link, .. } => {
                let kept: Option<Vec<u8>> = link
                    .ask(async |connection| {
                        redis::cmd("GET")
                            .arg(name(key))
                            .query_async(connection)
                            .await
                    })
                    .await?;
                let kept = serde_json::from_slice::<KeptPlan>(&kept?).ok()?;
                kept.answer(constraints)
            }
        }
    }

    /// Keeps a plan. One that cannot be kept is made again.
    pub(super) async fn put(&self, key: PlanKey, answer: &Answer) {
        match self {
            Self::Memory(cache) => cache.insert(key, answer.clone()),
            Self::Redis { link, ttl } => {
                let Ok(kept) = serde_json::to_vec(&KeptPlan::of(answer)) else {
                    return;
                };
                link.ask(async |connection| {
                    let mut set = redis::cmd("SET");
                    let milliseconds = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
                    set.arg(name(&key)).arg(kept).arg("PX").arg(milliseconds);
                    set.query_async::<()>(connection).await
                })
                .await;
            }
        }
    }
}

fn name(key: &PlanKey) -> String {
    format!("goal-router:plan:{}", key.name())
}

/// About how many bytes a plan takes.
fn weight(plan: &Plan) -> u32 {
    let weeks = plan.weeks().iter().map(|week| {
        let tasks = week.tasks.iter().map(|task| task.len() + 24);
        week.focus_area.len() + week.milestone.len() + 80 + tasks.sum::<usize>()
    });
    let resources = plan.resources().iter();
    let resources = resources.map(|resource| resource.title.len() + resource.url.len() + 120);
    u32::try_from(weeks.sum::<usize>() + resources.sum::<usize>() + 400).unwrap_or(u32::MAX)
}

impl KeptPlan {
    fn of(answer: &Answer) -> Self {
        Self {
            draft: serde_json::json!({
                "weeks": answer.plan.weeks(),
                "resources": answer.plan.resources(),
            }),
            category: answer.classification.category,
            source: answer.classification.source,
            confidence: answer.classification.confidence,
            model: answer.model.to_string(),
            language: answer.language.as_str().to_owned(),
            repaired: answer.repaired,
            created_at: answer.created_at,
        }
    }

    fn answer(self, constraints: &Constraints) -> Option<Answer> {
        if !(0.0..=1.0).contains(&self.confidence) {
            return None;
        }
        let plan = check(Draft::from_json(&self.draft)?, constraints).ok()?;
        Some(Answer {
            plan,
            classification: Classification {
                category: self.category,
                source: self.source,
                confidence: self.confidence,
            },
            model: self.model.parse::<ModelName>().ok()?,
            language: Language::parse(&self.language)?,
            tokens: Tokens::default(),
            cost: Money::ZERO,
            llm_calls: 0,
            repaired: self.repaired,
            fallback: false,
            cached: true,
            created_at: self.created_at,
            timings: Timings::default(),
        })
    }
}
