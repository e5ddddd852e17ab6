//! The bill of one request: opened on arrival, charged for every model call, closed with the outcome.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::usage_row::{RowStatus, UsageRow};
use crate::money::{Money, Tokens};
use crate::request_context::RequestContext;
use planning::category::Category;

/// Maximum number of attempts to find a key that no other row has.
pub(super) const KEY_ATTEMPTS: u32 = 20;
/// Maximum number of doublings of how far a timestamp is moved, from one microsecond.
const MAX_MOVE_DOUBLINGS: u32 = 15;

/// The usage row of a running request, and how it is held.
#[derive(Debug, Clone)]
pub struct Bill {
    row: UsageRow,
    client_limit: Option<Money>,
    held: bool,
    in_outage: bool,
    in_doubt: bool,
}

impl Bill {
    /// Opens the bill of a request that arrived at `arrived`, in microseconds. A ledger opens bills with unique times:
    /// [`Ledger::open_bill`](super::Ledger::open_bill).
    #[must_use]
    pub fn open(
        context: &RequestContext,
        goal_length: usize,
        prompt_version: &'static str,
        arrived: DateTime<Utc>,
    ) -> Self {
        Self {
            row: UsageRow {
                request_id: context.request_id.clone(),
                timestamp: arrived,
                client_id: context.client_id.clone(),
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
            client_limit: context.daily_budget,
            held: false,
            in_outage: false,
            in_doubt: false,
        }
    }

    /// Sets the goal's category.
    pub fn set_category(&mut self, category: Category) {
        self.row.category = Some(category);
    }

    /// Sets the model that will make the plan.
    pub fn set_model(&mut self, model: &str) {
        model.clone_into(&mut self.row.model);
    }

    /// Adds a model call that may have been billed, with the tokens and the cost that are booked for it.
    pub fn charge(&mut self, tokens: Tokens, cost: Money) {
        self.row.llm_calls += 1;
        self.row.tokens = self.row.tokens.plus(tokens);
        self.row.cost = self.row.cost.saturating_add(cost);
    }

    /// Marks the worst-case cost as held.
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

    /// Clears a hold that was refused or rolled back. Nothing is held, and nothing counts in a budget.
    pub(super) fn clear_hold(&mut self) {
        self.row.status = RowStatus::Failed;
        self.row.held = Money::ZERO;
        self.row.lease_until = None;
        self.row.allowance = None;
        self.row.client_budget = false;
        self.held = false;
        self.in_outage = false;
        self.in_doubt = false;
    }

    /// Marks the hold as made in an outage: it counts against the outage allowance and may be only in the spool.
    pub(super) fn held_in_outage(&mut self) {
        self.in_outage = true;
        self.in_doubt = true;
    }

    /// Marks the held row as in doubt: it may be in the store, or still on its way there.
    pub(super) fn hold_in_doubt(&mut self) {
        self.in_doubt = true;
    }

    pub(super) const fn is_hold_in_doubt(&self) -> bool {
        self.in_doubt
    }

    pub(super) const fn is_held_in_outage(&self) -> bool {
        self.in_outage
    }

    /// Moves the timestamp to a random one close by, because a row with the same request id and timestamp exists: further with each
    /// attempt, so that many such requests find a free one, and never to another day, whose budgets are not held.
    pub(super) fn move_timestamp(&mut self, attempt: u32) {
        let by = TimeDelta::microseconds(fastrand::i64(1..=1 << attempt.min(MAX_MOVE_DOUBLINGS)));
        let day = self.row.day();
        self.row.timestamp += by;
        if self.row.day() != day {
            self.row.timestamp -= by * 2;
        }
    }

    /// Closes the bill with its outcome. The cost stays on it for every outcome.
    pub fn close(&mut self, status: RowStatus, error: Option<&'static str>, now: DateTime<Utc>) {
        self.row.status = status;
        self.row.error = error.map(Cow::Borrowed);
        self.row.lease_until = None;
        self.row.latency_ms =
            u64::try_from((now - self.row.timestamp).num_milliseconds()).unwrap_or(0);
    }

    /// Returns the client's daily budget, if it has one.
    pub(super) const fn client_limit(&self) -> Option<Money> {
        self.client_limit
    }

    /// Returns whether the worst-case cost is held.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// Returns the current row.
    #[must_use]
    pub const fn row(&self) -> &UsageRow {
        &self.row
    }
}
