//! Builds the exporter, its queue and the description of this process from the settings.

use opentelemetry::KeyValue;
use opentelemetry_otlp::{
    ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
    WithTonicConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider,
};
use uuid::Uuid;

use super::export_count::{CountedExporter, CountedProcessor};
use super::settings::{Compression, ExportSettings, Protocol, TraceSettings};
use super::trace_ids::RequestTraceIds;
use crate::outbound_http;

/// A setting that the exporter cannot use.
#[derive(Debug, thiserror::Error)]
#[error("{variable}={endpoint}: {why}")]
pub struct ExporterError {
    variable: &'static str,
    endpoint: String,
    why: String,
}

/// Returns a provider whose spans go to the configured endpoint.
pub(super) fn provider(
    settings: &TraceSettings,
    export: &ExportSettings,
) -> Result<SdkTracerProvider, ExporterError> {
    let exporter = exporter(export).map_err(|error| ExporterError {
        variable: export.variable,
        endpoint: export.endpoint.to_string(),
        why: error.to_string(),
    })?;
    let queue = settings.queue;
    let queue_settings = BatchConfigBuilder::default()
        .with_max_queue_size(queue.max_spans)
        .with_max_export_batch_size(queue.max_batch)
        .with_scheduled_delay(queue.delay)
        .build();
    let batches = BatchSpanProcessor::builder(CountedExporter::new(exporter))
        .with_batch_config(queue_settings)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_resource(resource(settings))
        .with_id_generator(RequestTraceIds::default())
        // Which requests are traced is decided before their first span.
        .with_sampler(Sampler::AlwaysOn)
        .with_max_attributes_per_span(settings.limits.attributes)
        .with_max_events_per_span(settings.limits.events)
        .with_max_links_per_span(settings.limits.links)
        .with_span_processor(CountedProcessor {
            batches,
            max_waiting: u64::try_from(queue.max_spans).unwrap_or(u64::MAX),
        })
        .build())
}

fn exporter(export: &ExportSettings) -> Result<SpanExporter, ExporterBuildError> {
    let is_compressed = export.compression == Compression::Gzip;
    let protocol = match export.protocol {
        Protocol::Grpc => {
            let mut builder = SpanExporter::builder()
                .with_tonic()
                .with_endpoint(&*export.endpoint)
                .with_timeout(export.timeout);
            if is_compressed {
                builder = builder.with_compression(opentelemetry_otlp::Compression::Gzip);
            }
            return builder.build();
        }
        Protocol::HttpProtobuf => opentelemetry_otlp::Protocol::HttpBinary,
        Protocol::HttpJson => opentelemetry_otlp::Protocol::HttpJson,
    };
    let mut builder = SpanExporter::builder()
        .with_http()
        .with_http_client(http_client(export)?)
        .with_protocol(protocol)
        .with_endpoint(&*export.endpoint)
        .with_timeout(export.timeout);
    if is_compressed {
        builder = builder.with_compression(opentelemetry_otlp::Compression::Gzip);
    }
    builder.build()
}

/// Returns the client of the exporter, by the rule of all clients of this process. It is built in a thread of its own, because it blocks
/// while it is built.
fn http_client(export: &ExportSettings) -> Result<reqwest::blocking::Client, ExporterBuildError> {
    let (url, timeout) = (export.endpoint.clone(), export.timeout);
    let build = move || {
        let builder = outbound_http::blocking_client_builder(&url);
        builder.timeout(timeout).build()
    };
    let built = std::thread::spawn(build).join();
    let failed = |why: String| ExporterBuildError::InternalFailure(why);
    built
        .map_err(|_| failed("the HTTP client panicked".to_owned()))?
        .map_err(|error| failed(error.to_string()))
}

/// Describes this process, by the names of the semantic conventions. The attributes of the operator win.
fn resource(settings: &TraceSettings) -> Resource {
    let given = settings.resource.iter();
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
            KeyValue::new("telemetry.sdk.language", "rust"),
            KeyValue::new("telemetry.sdk.name", "opentelemetry"),
        ])
        .with_attributes(given.map(|(name, value)| KeyValue::new(name.clone(), value.clone())))
        .with_attribute(KeyValue::new("service.name", settings.service_name.clone()))
        .build()
}
