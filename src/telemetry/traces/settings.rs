//! How requests are traced, and where spans go.

use std::str::FromStr;
use std::time::Duration;

use crate::service_url::ServiceUrl;

/// The settings of traces, from the standard `OTEL_*` variables.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Where spans go; `None` if they go nowhere, in which case there are none.
    pub export: Option<ExportSettings>,
    /// `OTEL_PROPAGATORS`: the headers from which a request's trace is taken.
    pub propagation: Propagation,
    /// `OTEL_TRACES_SAMPLER`: which requests are traced.
    pub sampler: SamplerSettings,
    /// `OTEL_SERVICE_NAME`.
    pub service_name: String,
    /// `OTEL_RESOURCE_ATTRIBUTES`.
    pub resource: Vec<(String, String)>,
    /// The queue in front of the exporter.
    pub queue: QueueSettings,
    /// The limits of a span.
    pub limits: SpanLimits,
}

/// What a span may have. OpenTelemetry's default is 128 of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanLimits {
    /// `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`.
    pub attributes: u32,
    /// `OTEL_SPAN_EVENT_COUNT_LIMIT`.
    pub events: u32,
    /// `OTEL_SPAN_LINK_COUNT_LIMIT`.
    pub links: u32,
}

/// Where spans go.
#[derive(Debug, Clone)]
pub struct ExportSettings {
    /// The URL to which spans are sent, for HTTP with its path.
    pub endpoint: ServiceUrl,
    /// The variable that gave the endpoint, for messages.
    pub variable: &'static str,
    /// How they are sent.
    pub protocol: Protocol,
    /// Maximum time of one attempt to send a batch.
    pub timeout: Duration,
    /// Whether batches are compressed.
    pub compression: Compression,
}

/// A transport of OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC.
    Grpc,
    /// Protocol buffers over HTTP.
    HttpProtobuf,
    /// JSON over HTTP.
    HttpJson,
}

impl FromStr for Protocol {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "grpc" => Ok(Self::Grpc),
            "http/protobuf" => Ok(Self::HttpProtobuf),
            "http/json" => Ok(Self::HttpJson),
            _ => Err(()),
        }
    }
}

/// How batches are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip.
    Gzip,
}

impl FromStr for Compression {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "none" => Ok(Self::None),
            "gzip" => Ok(Self::Gzip),
            _ => Err(()),
        }
    }
}

/// The headers from which a request's trace is taken. If a request has both, `traceparent` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Propagation {
    /// `traceparent` and `tracestate`, as W3C Trace Context defines them.
    pub trace_context: bool,
    /// `X-Amzn-Trace-Id`, as AWS load balancers send it.
    pub x_ray: bool,
}

impl Default for Propagation {
    fn default() -> Self {
        Self {
            trace_context: true,
            x_ray: true,
        }
    }
}

/// Which requests are traced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplerSettings {
    /// The share of traces, from 0 to 1.
    pub share: f64,
    /// Whether the caller's decision counts, where it has made one.
    pub parent_based: bool,
}

impl Default for SamplerSettings {
    /// `parentbased_always_on`, as OpenTelemetry specifies.
    fn default() -> Self {
        Self {
            share: 1.0,
            parent_based: true,
        }
    }
}

/// The queue in front of the exporter. The defaults are those of OpenTelemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// `OTEL_BSP_MAX_QUEUE_SIZE`: the maximum number of spans that wait, including those that are being sent. Further ones are dropped.
    pub max_spans: usize,
    /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`: the maximum number of spans in one batch.
    pub max_batch: usize,
    /// `OTEL_BSP_SCHEDULE_DELAY`: how long a batch that is not full waits.
    pub delay: Duration,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            max_spans: 2048,
            max_batch: 512,
            delay: Duration::from_secs(5),
        }
    }
}
