//! Traces: which requests are traced, and how their spans leave the process by OTLP.
//!
//! [`RequestTracer`] decides at the start of a request whether it is traced. Only a traced request has spans at all, so the others pay
//! nothing. Spans are those of `tracing`; a layer hands them to OpenTelemetry, whose exporter has a thread and a bounded queue of its
//! own: a collector that is slow or gone costs spans, never a request. The names and attributes of spans are in [`super::spans`].

mod export_count;
mod exporter;
mod request_tracer;
mod server_span;
mod settings;
mod trace_ids;

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::registry::LookupSpan;

pub use self::export_count::{SpanTotals, span_counts};
pub use self::exporter::ExporterError;
pub use self::request_tracer::{RequestTracer, TraceOrigin};
pub use self::server_span::ServerSpan;
pub use self::settings::{
    Compression, ExportSettings, Propagation, Protocol, QueueSettings, SamplerSettings, SpanLimits,
    TraceSettings,
};
use super::events;

/// Maximum time for the last spans to leave when the process stops.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);
/// The name of the instrumentation scope.
const SCOPE: &str = "goal-router";

/// The export of spans. Dropping it flushes what is queued, which takes up to [`FLUSH_TIMEOUT`] and must not be done by a runtime's
/// worker.
pub(super) struct TraceExport {
    provider: SdkTracerProvider,
}

impl TraceExport {
    /// Starts the export, if it is configured. Call it in a tokio runtime that lives until this is dropped: gRPC connections run there.
    ///
    /// # Errors
    /// Names the setting that the exporter cannot use.
    pub fn start(settings: &TraceSettings) -> Result<Option<Self>, ExporterError> {
        let Some(export) = &settings.export else {
            return Ok(None);
        };
        let provider = exporter::provider(settings, export)?;
        Ok(Some(Self { provider }))
    }

    /// Returns the layer that turns spans into OpenTelemetry's.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer: SdkTracer = self.provider.tracer(SCOPE);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            // A span that is entered need not be the current one of OpenTelemetry: nothing here asks for that.
            .with_context_activation(false)
            .with_filter(
                // Without a span above it, a span belongs to a request that is not traced.
                dynamic_filter_fn(|callsite, context| {
                    is_our_span(callsite)
                        && (server_span::is_server_span(callsite)
                            || context.lookup_current().is_some())
                })
                .with_callsite_filter(|callsite| {
                    if is_our_span(callsite) {
                        Interest::sometimes()
                    } else {
                        Interest::never()
                    }
                })
                .with_max_level_hint(LevelFilter::INFO),
            )
    }
}

fn is_our_span(callsite: &Metadata<'_>) -> bool {
    callsite.is_span() && callsite.target().starts_with(env!("CARGO_CRATE_NAME"))
}

impl Drop for TraceExport {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_TIMEOUT) {
            let lost = span_counts().give_up();
            events::trace_export_failed(&format!("{error}; {lost} spans were not sent"));
        }
    }
}
