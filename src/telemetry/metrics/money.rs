//! Money: what models cost, what of it was wasted, and what is left of the budgets.

use planning::category::Category;
use prometheus::{CounterVec, Gauge, GaugeVec, HistogramVec, IntGauge, Opts};

use super::Metrics;
use super::label::{DollarsBy, labels};
use super::registrar::Registrar;
use crate::llm::{ModelName, Provider};
use crate::money::Money;

/// A plan of the cheapest model costs tenths of a cent, one of the dearest some dimes.
const PLAN_COST_BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5,
];
const SERVICE: &str = "service";

labels! {
    /// Why money was spent for nothing. No dollar has two reasons.
    Waste {
        /// The request ended without a plan: all that it cost.
        Failed = "failed",
        /// A call failed and may have been billed. The request got its plan from another call.
        Retried = "retried",
        /// An answer was of no use. The request got its plan from another answer.
        ReAsked = "re_asked",
        /// The task of the request died: the amount that was held for it.
        Abandoned = "abandoned",
    }
}

/// The limits on spending, and what is left of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// What the service may spend per day.
    pub service_limit: Money,
    /// What is left of it today; `None` if unknown.
    pub service_remaining: Option<Money>,
    /// What this task may spend in an outage of the store.
    pub outage_limit: Money,
    /// What is left of it.
    pub outage_remaining: Money,
}

pub(super) struct MoneyMetrics {
    cost: CounterVec,
    plan_cost: HistogramVec,
    wasted: DollarsBy<Waste>,
    budget_limit: GaugeVec,
    budget_remaining: GaugeVec,
    outage_limit: Gauge,
    outage_remaining: Gauge,
    price_table: IntGauge,
}

impl MoneyMetrics {
    pub fn register(registrar: &Registrar) -> Result<Self, prometheus::Error> {
        let budget = |name, help| registrar.add(GaugeVec::new(Opts::new(name, help), &["scope"])?);
        Ok(Self {
            cost: registrar.dollars(
                "goal_router_cost_usd_total",
                "Cost of tokens in USD",
                &["model"],
            )?,
            plan_cost: registrar.histograms(
                "goal_router_plan_cost_usd",
                "Whole cost in USD of each plan that a model wrote",
                &["category", "model"],
                &PLAN_COST_BUCKETS,
            )?,
            wasted: DollarsBy::register(
                registrar,
                "goal_router_wasted_cost_usd_total",
                "Cost in USD of what no plan came of: failed requests, calls and answers of no use, abandoned requests",
                "reason",
            )?,
            budget_limit: budget("goal_router_budget_limit_usd", "Budget of a day in USD")?,
            budget_remaining: budget(
                "goal_router_budget_remaining_usd",
                "Remaining budget of the day in USD",
            )?,
            outage_limit: registrar.dollar_gauge(
                "goal_router_outage_allowance_limit_usd",
                "What this task may spend in an outage of the store, in USD",
            )?,
            outage_remaining: registrar.dollar_gauge(
                "goal_router_outage_allowance_remaining_usd",
                "What is left of the outage allowance, in USD",
            )?,
            price_table: registrar.gauge(
                "goal_router_price_table_timestamp_seconds",
                "Unix time of the newest price of the configured models; 0 if none has a price",
            )?,
        })
    }
}

impl Metrics {
    /// Creates the series of a model's costs.
    pub(super) fn initialize_costs(&self, model: &ModelName) {
        let money = &self.inner.money;
        money.cost.with_label_values(&[&*model.id]);
        if model.provider != Provider::Offline {
            for category in Category::ALL {
                let labels = [category.as_str(), &model.id];
                money.plan_cost.with_label_values(&labels);
            }
        }
    }

    /// Adds the cost of a call.
    pub(super) fn cost(&self, model: &ModelName, cost: Money) {
        let cost_of = &self.inner.money.cost;
        cost_of
            .with_label_values(&[&*model.id])
            .inc_by(cost.as_usd());
    }

    /// Records the whole cost of a plan that a model wrote.
    pub fn plan_cost(&self, category: Category, model: &ModelName, cost: Money) {
        let labels = [category.as_str(), &model.id];
        let plans = &self.inner.money.plan_cost;
        plans.with_label_values(&labels).observe(cost.as_usd());
    }

    /// Adds money that was spent for nothing.
    pub fn wasted(&self, reason: Waste, cost: Money) {
        if cost > Money::ZERO {
            self.inner.money.wasted.of(reason).inc_by(cost.as_usd());
        }
    }

    /// Sets the limits on spending and what is left of them. What is left of the service's budget is
    /// unknown before today's counter was read; then it has no series, because yesterday's value would be wrong.
    pub fn budget(&self, budget: Budget) {
        let money = &self.inner.money;
        let service = |gauge: &GaugeVec, amount: Money| {
            gauge.with_label_values(&[SERVICE]).set(amount.as_usd());
        };
        service(&money.budget_limit, budget.service_limit);
        match budget.service_remaining {
            Some(remaining) => service(&money.budget_remaining, remaining),
            // There is none to remove if it was never known.
            None => drop(money.budget_remaining.remove_label_values(&[SERVICE])),
        }
        money.outage_limit.set(budget.outage_limit.as_usd());
        money.outage_remaining.set(budget.outage_remaining.as_usd());
    }

    /// Sets the date of the newest price, in seconds since 1970.
    pub fn price_table(&self, timestamp: i64) {
        self.inner.money.price_table.set(timestamp);
    }
}
