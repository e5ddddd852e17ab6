//! The ledger's settings: budgets, leases and sweeps.

use std::time::Duration;

use super::store::store_timeout;
use super::values::{SettingsError, Values};
use crate::ledger::LedgerSettings;

/// How long the store is not called after it failed. Long enough to avoid a storm of probes, short enough to notice quickly that
/// the store is available again.
const STORE_OPEN_DURATION: Duration = Duration::from_millis(500);

/// Reads the ledger's settings. A request may take up to `deadline`, and a lease must last longer.
pub(super) fn ledger(values: &Values, deadline: Duration) -> Result<LedgerSettings, SettingsError> {
    let lease = values.number("LEDGER_LEASE_SECONDS", 180, 1..=86_400)?;
    if lease <= deadline.as_secs() {
        return Err(SettingsError::InvalidValue {
            name: "LEDGER_LEASE_SECONDS".to_owned(),
            value: lease.to_string(),
            allowed: format!(
                "must be more than REQUEST_DEADLINE_SECONDS, which is {}: a request that is still running must not count as abandoned",
                deadline.as_secs()
            ),
        });
    }
    Ok(LedgerSettings {
        service_limit: values.money("DAILY_BUDGET_USD", "5.00")?,
        outage_allowance: values.money("OUTAGE_ALLOWANCE_USD", "0")?,
        store_timeout: store_timeout(values)?,
        store_open_duration: STORE_OPEN_DURATION,
        lease: chrono::TimeDelta::seconds(i64::try_from(lease).unwrap_or(180)),
        sweep_interval: values.seconds("LEDGER_SWEEP_SECONDS", 30, 1..=3600)?,
    })
}
