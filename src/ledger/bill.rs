//! The bill of one request: opened when it arrives, charged by every call, closed with its outcome.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::usage_row::{RowStatus, UsageRow};
use crate::money::{Money, Price, Tokens};
use crate::request_context::RequestContext;
use planning::category::Category;

/// What a request has cost so far.
#[derive(Debug, Clone)]
pub struct Bill {
    row: UsageRow,
    client_limit: Option<Money>,
    held: bool,
    in_outage: bool,
}

impl Bill {
    /// Opens the bill of a request.
    #[must_use]
    pub fn open(
        caller: &RequestContext,
        goal_length: usize,
        prompt_version: &'static str,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            row: UsageRow {
                request_id: caller.request_id.clone(),
                timestamp: now,
                client_id: caller.client_id.clone(),
                category: None,
                status: RowStatus::Failed,
                model: String::new(),
                prompt_version: Cow::Borrowed(prompt_version),
                tokens: Tokens::default(),
                cost: Money::ZERO,
                held: Money::ZERO,
                latency_ms: 0,
                llm_calls: 0,
                goal_length,
                error: None,
                lease_until: None,
                allowance: None,
                client_budget: false,
            },
            client_limit: caller.daily_budget,
            held: false,
            in_outage: false,
        }
    }

    /// Notes what the goal was taken for.
    pub fn set_category(&mut self, category: Category) {
        self.row.category = Some(category);
    }

    /// Notes the model that is to make the plan.
    pub fn set_model(&mut self, model: &str) {
        model.clone_into(&mut self.row.model);
    }

    /// Adds a call of a model with the tokens that the provider counted, and returns its cost. A call whose tokens nobody told
    /// us, though the provider may have billed it, costs its worst case.
    pub fn charge(&mut self, price: &Price, tokens: Option<Tokens>, worst_case: Money) -> Money {
        let cost = tokens.map_or(worst_case, |tokens| price.cost(tokens));
        self.row.llm_calls += 1;
        self.row.tokens = self.row.tokens.plus(tokens.unwrap_or_default());
        self.row.cost = self.row.cost.saturating_add(cost);
        cost
    }

    /// The row as it is while the worst case is held.
    pub(super) fn hold(
        &mut self,
        worst_case: Money,
        lease_until: DateTime<Utc>,
        allowance: Option<String>,
    ) {
        self.row.status = RowStatus::Held;
        self.row.held = worst_case;
        self.row.lease_until = Some(lease_until);
        self.row.allowance = allowance;
        self.row.client_budget = self.client_limit.is_some();
        self.held = true;
    }

    /// Takes the hold back, because it was refused: nothing is held and nothing counts in a budget.
    pub(super) fn clear_hold(&mut self) {
        self.row.status = RowStatus::Failed;
        self.row.held = Money::ZERO;
        self.row.lease_until = None;
        self.row.allowance = None;
        self.row.client_budget = false;
        self.held = false;
        self.in_outage = false;
    }

    /// Notes that the hold is in the spool, for all that is known.
    pub(super) fn held_in_outage(&mut self) {
        self.in_outage = true;
    }

    pub(super) const fn is_held_in_outage(&self) -> bool {
        self.in_outage
    }

    /// Moves the bill off a row of the same id and moment.
    pub(super) fn bump_timestamp(&mut self) {
        self.row.timestamp += TimeDelta::microseconds(1);
    }

    /// Closes the bill with its outcome, at this moment. What was spent stays on it whatever the outcome.
    pub fn close(&mut self, status: RowStatus, error: Option<&'static str>, now: DateTime<Utc>) {
        self.row.status = status;
        self.row.error = error.map(Cow::Borrowed);
        self.row.lease_until = None;
        self.row.latency_ms =
            u64::try_from((now - self.row.timestamp).num_milliseconds()).unwrap_or(0);
    }

    /// What its client may spend in a day.
    pub(super) const fn client_limit(&self) -> Option<Money> {
        self.client_limit
    }

    /// Whether a row was written for it before the outcome.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// The row as it stands.
    #[must_use]
    pub const fn row(&self) -> &UsageRow {
        &self.row
    }
}
