//! What a task may spend while the store is away: `OUTAGE_ALLOWANCE_USD`, over the budgets, on record in the spool.

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

    /// Whether there is any.
    pub fn is_given(&self) -> bool {
        self.limit > Money::ZERO
    }

    /// Whether some is left.
    pub fn is_left(&self) -> bool {
        *self.used() < self.limit
    }

    /// Takes an amount. Whether there was room for it.
    pub fn reserve(&self, amount: Money) -> bool {
        let mut used = self.used();
        let wanted = used.saturating_add(amount);
        let fits = self.is_given() && wanted <= self.limit;
        if fits {
            *used = wanted;
        }
        fits
    }

    /// Gives back what was taken for a request, less what it cost.
    pub fn settle(&self, taken: Money, cost: Money) {
        let mut used = self.used();
        *used = used.saturating_sub(taken).saturating_add(cost);
    }

    /// The outage is over.
    pub fn reset(&self) {
        *self.used() = Money::ZERO;
    }

    fn used(&self) -> MutexGuard<'_, Money> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
