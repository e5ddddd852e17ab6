//! The outage allowance (`OUTAGE_ALLOWANCE_USD`): what a task may spend, beyond the budgets, while the store is unavailable. The
//! spending is recorded in the spool.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::money::Money;

/// The allowance of one task for one outage.
#[derive(Debug)]
pub(super) struct OutageAllowance {
    limit: Money,
    used: Mutex<Money>,
}

impl OutageAllowance {
    pub fn new(limit: Money) -> Self {
        Self {
            limit,
            used: Mutex::default(),
        }
    }

    /// Returns whether an allowance is configured.
    pub fn is_configured(&self) -> bool {
        self.limit > Money::ZERO
    }

    /// Returns whether some of it is left.
    pub fn has_remaining(&self) -> bool {
        *self.used() < self.limit
    }

    /// Returns what is left of it.
    pub fn left(&self) -> Money {
        self.limit.saturating_sub(*self.used())
    }

    /// Reserves an amount. Returns whether there was room for it.
    pub fn reserve(&self, amount: Money) -> bool {
        let mut used = self.used();
        let total = used.saturating_add(amount);
        let fits = self.is_configured() && total <= self.limit;
        if fits {
            *used = total;
        }
        fits
    }

    /// Releases a request's reservation, less its cost.
    pub fn settle(&self, reserved: Money, cost: Money) {
        let mut used = self.used();
        *used = used.saturating_sub(reserved).saturating_add(cost);
    }

    /// Restores the full allowance after an outage.
    pub fn reset(&self) {
        *self.used() = Money::ZERO;
    }

    fn used(&self) -> MutexGuard<'_, Money> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
