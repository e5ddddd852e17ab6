//! The cache of recent plans: in this process, or in a store shared by processes.
//!
//! Data from a shared store is untrusted: it must pass the same check as a model's output.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use planning::care::Matter;
use planning::category::Category;
use planning::constraints::Constraints;
use planning::language::Language;
use planning::plan::check::check;
use planning::plan::{Draft, Plan};
use serde::{Deserialize, Serialize};

use super::plan_key::PlanKey;
use crate::llm::ModelName;
use crate::money::{Money, Tokens};
use crate::planner::{Classification, ClassifiedBy, PlanOutcome, Timings};

/// Maximum size of the in-memory cache, in estimated bytes of its plans.
const MAX_BYTES: u64 = 64 << 20;

/// A store of cached plans shared by processes. It is best effort: a plan that is not found is made again.
#[async_trait]
pub trait PlanStore: Send + Sync {
    /// Returns the bytes stored under a name; `None` if there are none or the store does not respond in time.
    async fn get(&self, name: &str) -> Option<Vec<u8>>;

    /// Stores bytes under a name for the duration `ttl`. Failures are ignored.
    async fn put(&self, name: &str, bytes: Vec<u8>, ttl: Duration);
}

/// The cache of recent plans.
pub enum PlanCache {
    /// In this process.
    Memory(moka::sync::Cache<PlanKey, PlanOutcome>),
    /// In a store shared by processes.
    Shared {
        /// The store.
        store: Arc<dyn PlanStore>,
        /// How long plans are cached.
        ttl: Duration,
    },
}

/// The form of a plan in a shared store.
#[derive(Serialize, Deserialize)]
struct CachedPlan {
    draft: serde_json::Value,
    category: Category,
    source: ClassifiedBy,
    confidence: f32,
    model: String,
    language: String,
    ask_first: Option<Matter>,
    repaired: bool,
    created_at: DateTime<Utc>,
}

impl PlanCache {
    /// Creates a cache in this process that holds plans for the duration `ttl`.
    #[must_use]
    pub fn in_memory(ttl: Duration) -> Self {
        Self::Memory(
            moka::sync::Cache::builder()
                .max_capacity(MAX_BYTES)
                .weigher(|_, outcome: &PlanOutcome| weight(&outcome.plan))
                .time_to_live(ttl)
                .build(),
        )
    }

    /// Returns the cached plan of a key, if there is one and it is valid for these constraints.
    pub(super) async fn get(
        &self,
        key: &PlanKey,
        constraints: &Constraints,
    ) -> Option<PlanOutcome> {
        match self {
            Self::Memory(cache) => cache.get(key),
            Self::Shared { store, .. } => {
                let bytes = store.get(&key.name()).await?;
                let cached: CachedPlan = serde_json::from_slice(&bytes).ok()?;
                cached.into_outcome(constraints)
            }
        }
    }

    /// Caches a plan. Failures are ignored.
    pub(super) async fn put(&self, key: PlanKey, outcome: &PlanOutcome) {
        match self {
            Self::Memory(cache) => cache.insert(key, outcome.clone()),
            // What a model saw in the words is not in the key, and another process could not vouch for it.
            Self::Shared { .. } if outcome.constraints.has_seen() => {}
            Self::Shared { store, ttl } => {
                if let Ok(bytes) = serde_json::to_vec(&CachedPlan::of(outcome)) {
                    store.put(&key.name(), bytes, *ttl).await;
                }
            }
        }
    }
}

/// Returns the estimated size of a plan in bytes.
fn weight(plan: &Plan) -> u32 {
    let weeks = plan.weeks().iter().map(|week| {
        let tasks = week.tasks.iter().map(|task| task.len() + 24);
        let sessions = week.sessions.iter();
        let sessions = sessions.map(|session| 40 + 8 * session.tasks.len());
        week.focus_area.len()
            + week.milestone.len()
            + 100
            + tasks.sum::<usize>()
            + sessions.sum::<usize>()
    });
    let resources = plan.resources().iter();
    let resources = resources.map(|resource| {
        let why = resource.why.as_ref().map_or(0, String::len);
        resource.title.len() + resource.url.len() + why + 140
    });
    let summary = plan.summary().len();
    u32::try_from(weeks.sum::<usize>() + resources.sum::<usize>() + summary + 400)
        .unwrap_or(u32::MAX)
}

impl CachedPlan {
    fn of(outcome: &PlanOutcome) -> Self {
        Self {
            draft: serde_json::json!({
                "summary": outcome.plan.summary(),
                "weeks": outcome.plan.weeks(),
                "resources": outcome.plan.resources(),
            }),
            category: outcome.classification.category,
            source: outcome.classification.source,
            confidence: outcome.classification.confidence,
            model: outcome.model.to_string(),
            language: outcome.language.as_str().to_owned(),
            ask_first: outcome.ask_first,
            repaired: outcome.repaired,
            created_at: outcome.created_at,
        }
    }

    fn into_outcome(self, constraints: &Constraints) -> Option<PlanOutcome> {
        if !(0.0..=1.0).contains(&self.confidence) {
            return None;
        }
        let plan = check(Draft::from_json(&self.draft)?.vetted(), constraints).ok()?;
        Some(PlanOutcome {
            plan,
            classification: Classification {
                category: self.category,
                source: self.source,
                confidence: self.confidence,
            },
            model: self.model.parse::<ModelName>().ok()?,
            language: Language::parse(&self.language)?,
            ask_first: self.ask_first,
            constraints: constraints.clone(),
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
