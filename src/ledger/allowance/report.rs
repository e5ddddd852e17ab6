//! Reports: every sweep interval a task reports what it spent, returns what it does not need, and renews its lease.

use chrono::{DateTime, NaiveDate, Utc};

use super::day::Report;
use super::{Allowance, MAX_ATTEMPTS, pause};
use crate::ledger::store::{Unavailable, WriteError};
use crate::money::Money;

impl Allowance {
    /// Reports a day to the store. With `closing`, also returns all unspent allowance.
    ///
    /// # Errors
    /// [`Unavailable`] when it is unknown whether the report was written, or when other tasks changed the counter at every
    /// attempt.
    pub(super) async fn report(
        &self,
        date: NaiveDate,
        now: DateTime<Utc>,
        closing: bool,
    ) -> Result<(), Unavailable> {
        for attempt in 0..MAX_ATTEMPTS {
            let Some(report) = self.next_report(date, now, closing) else {
                return Ok(());
            };
            match self.write(&report.entries).await {
                Ok(()) => {
                    self.record_report(date, &report);
                    return Ok(());
                }
                Err(WriteError::Refused(_)) => {
                    self.forget(date, &report.id);
                    return Ok(());
                }
                Err(WriteError::Contended) => {
                    if let Some(day) = self.state().days.get_mut(&date) {
                        day.roll_back(&report);
                    }
                    pause(attempt).await;
                }
                Err(WriteError::Invalid(why)) => {
                    if let Some(day) = self.state().days.get_mut(&date) {
                        day.roll_back(&report);
                    }
                    return Err(Unavailable(why));
                }
                Err(WriteError::Unavailable(why)) => {
                    // The surplus may have been returned, so it must not be used again. The sweep settles the lease from its rows.
                    self.forget(date, &report.id);
                    return Err(why);
                }
            }
        }
        Err(Unavailable(
            "other tasks changed the day's counter at every attempt".to_owned(),
        ))
    }

    /// Returns the next report for a day; `None` if the lease has expired or there is nothing to report.
    fn next_report(&self, date: NaiveDate, now: DateTime<Utc>, closing: bool) -> Option<Report> {
        let mut state = self.state();
        let day = state.days.get_mut(&date)?;
        if day.until > now {
            return day.report(date, now, self.lease, closing);
        }
        // The sweep closes the expired lease and settles it from its rows.
        if day.held == Money::ZERO {
            state.days.remove(&date);
        }
        None
    }

    fn record_report(&self, date: NaiveDate, report: &Report) {
        let min_chunk = self.first_chunk();
        let mut state = self.state();
        let day = state.days.get_mut(&date);
        if day.is_some_and(|day| day.record_report(report, min_chunk)) {
            state.days.remove(&date);
        }
    }
}
