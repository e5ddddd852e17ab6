//! Metrics of telemetry itself: what became of spans, and the log lines that were dropped. An operator must know when dashboards and
//! logs lack something.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounter, IntCounterVec, Opts};

use crate::telemetry::logs::dropped_log_lines;
use crate::telemetry::traces::span_counts;

/// Reads the counts of this process when they are scraped.
pub(super) struct ExportMetrics {
    descriptions: Vec<Desc>,
}

impl ExportMetrics {
    /// # Errors
    /// Returns an error if a name is malformed, which is a bug.
    pub fn new() -> Result<Self, prometheus::Error> {
        let (offered, outcomes, lines) = counters()?;
        let all = [offered.desc(), outcomes.desc(), lines.desc()];
        Ok(Self {
            descriptions: all.into_iter().flatten().cloned().collect(),
        })
    }
}

/// Returns counters of spans offered, of their outcomes and of log lines, all at zero.
fn counters() -> Result<(IntCounter, IntCounterVec, IntCounter), prometheus::Error> {
    Ok((
        IntCounter::new(
            "goal_router_spans_offered_total",
            "Spans that ended; each is exported, failed or dropped later",
        )?,
        IntCounterVec::new(
            Opts::new(
                "goal_router_spans_total",
                "Spans by outcome: answered by the collector without an error (exported), with one or not at all (failed), or dropped because the queue was full",
            ),
            &["outcome"],
        )?,
        IntCounter::new(
            "goal_router_log_lines_dropped_total",
            "Log lines dropped because the reader of standard output is slow",
        )?,
    ))
}

impl Collector for ExportMetrics {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let Ok((offered, outcomes, lines)) = counters() else {
            return Vec::new();
        };
        let spans = span_counts().totals();
        offered.inc_by(spans.offered);
        for (outcome, count) in [
            ("exported", spans.exported),
            ("failed", spans.failed),
            ("dropped", spans.dropped),
        ] {
            outcomes.with_label_values(&[outcome]).inc_by(count);
        }
        lines.inc_by(dropped_log_lines());
        let mut families = offered.collect();
        families.extend(outcomes.collect());
        families.extend(lines.collect());
        families
    }
}
