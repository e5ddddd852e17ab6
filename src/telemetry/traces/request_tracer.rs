//! The trace of a request: taken from its headers if they name one, otherwise new; and whether its spans are recorded.
//!
//! The decision is made here and not by OpenTelemetry's sampler, so that a request that is not traced has no spans. It is also the only
//! way to trace anything behind an AWS load balancer: that sends a trace id without a parent, which OpenTelemetry takes for a parent
//! that is not traced.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry_aws::trace::XrayPropagator;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, ShouldSample as _};

use super::settings::{Propagation, SamplerSettings, TraceSettings};
use super::trace_ids;

/// The header of W3C Trace Context.
const TRACEPARENT: &str = "traceparent";
/// The lengths of its parts: version, trace id, span id and flags.
const PARENT_LENGTHS: [usize; 4] = [2, 32, 16, 2];
/// The header of AWS. Its keys are `Root`, `Parent` and `Sampled`.
const X_AMZN_TRACE_ID: &str = "x-amzn-trace-id";
/// The length of a `Root`: a version digit, 8 and 24 hexadecimal digits, and two hyphens.
const ROOT_LENGTH: usize = 35;
/// The flag by which the AWS propagator says that the caller has not decided.
const UNDECIDED: u8 = 0x02;

/// Takes or makes the trace of each request.
#[derive(Debug)]
pub struct RequestTracer {
    trace_context: Option<TraceContextPropagator>,
    x_ray: Option<XrayPropagator>,
    /// `None` if spans go nowhere.
    sampler: Option<Sampler>,
}

/// The trace of a request.
#[derive(Debug, Clone)]
pub struct TraceOrigin {
    /// The id of the trace.
    pub(super) trace_id: TraceId,
    /// The caller's span; invalid if the request has none.
    pub(super) parent: SpanContext,
    /// Whether the request's spans are recorded.
    pub(super) sampled: bool,
}

impl TraceOrigin {
    /// Returns the id of the trace, as 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.trace_id.to_string()
    }
}

impl RequestTracer {
    /// Creates a tracer with these settings.
    #[must_use]
    pub fn new(settings: &TraceSettings) -> Self {
        let Propagation {
            trace_context,
            x_ray,
        } = settings.propagation;
        Self {
            trace_context: trace_context.then(TraceContextPropagator::new),
            x_ray: x_ray.then(XrayPropagator::new),
            sampler: settings.export.as_ref().map(|_| sampler(settings.sampler)),
        }
    }

    /// Returns the trace of a request; `header` returns the value of a header by its name in lower case, if it is there once.
    pub fn origin<'a>(&self, header: impl Fn(&str) -> Option<&'a str>) -> TraceOrigin {
        let headers = Headers {
            traceparent: header(TRACEPARENT).filter(|value| is_well_formed_parent(value)),
            x_amzn_trace_id: header(X_AMZN_TRACE_ID).filter(|value| has_well_formed_root(value)),
        };
        let given = extract(self.trace_context.as_ref(), &headers)
            .filter(SpanContext::is_valid)
            .or_else(|| extract(self.x_ray.as_ref(), &headers))
            .unwrap_or(SpanContext::NONE);
        // Nothing reads `tracestate` or what X-Ray adds, and a client could fill every span with it.
        let given = SpanContext::new(
            given.trace_id(),
            given.span_id(),
            given.trace_flags(),
            true,
            TraceState::NONE,
        );
        let trace_id = if given.trace_id() == TraceId::INVALID {
            trace_ids::new_trace_id()
        } else {
            given.trace_id()
        };
        TraceOrigin {
            trace_id,
            sampled: self.samples(trace_id, &given),
            parent: given,
        }
    }

    /// Returns whether a request with this caller is traced. A caller that has not decided counts as none.
    fn samples(&self, trace_id: TraceId, parent: &SpanContext) -> bool {
        let Some(sampler) = &self.sampler else {
            return false;
        };
        let has_trace = parent.trace_id() != TraceId::INVALID;
        let decided = has_trace && parent.trace_flags().to_u8() & UNDECIDED == 0;
        let context = decided.then(|| Context::new().with_remote_span_context(parent.clone()));
        let result =
            sampler.should_sample(context.as_ref(), trace_id, "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }
}

/// Returns the caller's span, which may have no more than a trace id.
fn extract(
    propagator: Option<&impl TextMapPropagator>,
    headers: &dyn Extractor,
) -> Option<SpanContext> {
    let context = propagator?.extract_with_context(&Context::new(), headers);
    Some(context.span().span_context().clone())
}

fn sampler(settings: SamplerSettings) -> Sampler {
    let sampler = Sampler::TraceIdRatioBased(settings.share);
    if settings.parent_based {
        Sampler::ParentBased(Box::new(sampler))
    } else {
        sampler
    }
}

/// Returns whether a value of `traceparent` has parts of the right lengths, in lower case. Later versions may have further parts. The
/// propagator takes ids of any length, and with signs.
fn is_well_formed_parent(value: &str) -> bool {
    let mut parts = value.split('-');
    PARENT_LENGTHS.into_iter().all(|length| {
        parts.next().is_some_and(|part| {
            let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            part.len() == length && part.bytes().all(is_digit)
        })
    })
}

/// Returns whether a value of `X-Amzn-Trace-Id` has one root of the right form. The propagator takes ids of any length.
fn has_well_formed_root(value: &str) -> bool {
    let mut roots = value
        .split(';')
        .filter_map(|pair| pair.trim().strip_prefix("Root="));
    let (Some(root), None) = (roots.next(), roots.next()) else {
        return false;
    };
    root.len() == ROOT_LENGTH
        && root.char_indices().all(|(index, char)| match index {
            0 => char == '1',
            1 | 10 => char == '-',
            _ => char.is_ascii_hexdigit(),
        })
}

/// The headers of a request that name its trace, as propagators read them.
struct Headers<'a> {
    traceparent: Option<&'a str>,
    x_amzn_trace_id: Option<&'a str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            TRACEPARENT => self.traceparent,
            X_AMZN_TRACE_ID => self.x_amzn_trace_id,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, X_AMZN_TRACE_ID]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    const ROOT: &str = "Root=1-67891233-abcdef012345678912345678";
    const ROOT_TRACE: &str = "67891233abcdef012345678912345678";

    fn tracer(sampler: SamplerSettings, propagation: Propagation) -> RequestTracer {
        RequestTracer {
            trace_context: propagation.trace_context.then(TraceContextPropagator::new),
            x_ray: propagation.x_ray.then(XrayPropagator::new),
            sampler: Some(super::sampler(sampler)),
        }
    }

    fn origin(headers: &[(&str, &str)]) -> TraceOrigin {
        let tracer = tracer(SamplerSettings::default(), Propagation::default());
        origin_with(&tracer, headers)
    }

    fn origin_with(tracer: &RequestTracer, headers: &[(&str, &str)]) -> TraceOrigin {
        tracer.origin(|name| {
            let mut named = headers.iter().filter(|(header, _)| *header == name);
            named.next().map(|(_, value)| *value)
        })
    }

    #[test]
    fn a_request_without_headers_starts_a_trace_of_its_own() {
        let (first, second) = (origin(&[]), origin(&[]));
        assert_ne!(first.trace_id, second.trace_id);
        assert_eq!(first.trace_id().len(), 32);
        assert!(first.sampled && !first.parent.is_valid());
    }

    #[test]
    fn traceparent_gives_trace_parent_and_decision() {
        let sampled = origin(&[(TRACEPARENT, SAMPLED)]);
        assert_eq!(sampled.trace_id(), TRACE);
        assert_eq!(sampled.parent.span_id().to_string(), "00f067aa0ba902b7");
        assert!(sampled.sampled);
        let unsampled = origin(&[(TRACEPARENT, UNSAMPLED)]);
        assert_eq!(unsampled.trace_id(), TRACE);
        assert!(!unsampled.sampled);
    }

    #[test]
    fn the_root_of_a_load_balancer_gives_the_trace_id_and_is_sampled_as_a_root() {
        let origin = origin(&[(X_AMZN_TRACE_ID, ROOT)]);
        assert_eq!(origin.trace_id(), ROOT_TRACE);
        assert!(origin.sampled && !origin.parent.is_valid());
        let never = SamplerSettings {
            share: 0.0,
            parent_based: true,
        };
        let tracer = tracer(never, Propagation::default());
        assert!(!origin_with(&tracer, &[(X_AMZN_TRACE_ID, ROOT)]).sampled);
    }

    #[test]
    fn a_caller_of_x_ray_decides_only_if_it_says_so() {
        let parent = "Parent=53995c3f42cd8ad8";
        for (value, sampled) in [
            (format!("{ROOT};{parent};Sampled=1"), true),
            (format!("{ROOT};{parent};Sampled=0"), false),
            (format!("{ROOT};{parent};Sampled=?"), true),
            (format!("{ROOT};{parent}"), true),
            (format!("Self=1-2-3;{ROOT};{parent};Lineage=a:1|b:2"), true),
        ] {
            let origin = origin(&[(X_AMZN_TRACE_ID, &value)]);
            assert_eq!(origin.trace_id(), ROOT_TRACE, "{value}");
            assert_eq!(origin.sampled, sampled, "{value}");
            assert_eq!(origin.parent.span_id().to_string(), "53995c3f42cd8ad8");
        }
    }

    #[test]
    fn traceparent_wins() {
        let origin = origin(&[(X_AMZN_TRACE_ID, ROOT), (TRACEPARENT, UNSAMPLED)]);
        assert_eq!(origin.trace_id(), TRACE);
        assert!(!origin.sampled);
    }

    #[test]
    fn malformed_headers_count_as_none() {
        let endless = "a".repeat(10_000);
        let (long_root, long_parent) = (format!("Root=1-{endless}"), format!("00-{endless}-b-01"));
        for (name, value) in [
            (TRACEPARENT, ""),
            (
                TRACEPARENT,
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            ),
            (
                TRACEPARENT,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            ),
            (
                TRACEPARENT,
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
            (
                TRACEPARENT,
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            ),
            (TRACEPARENT, &long_parent),
            (TRACEPARENT, "0-1-1-1"),
            (
                TRACEPARENT,
                "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
            (X_AMZN_TRACE_ID, "Root=1-6789-abc"),
            (X_AMZN_TRACE_ID, "Root=1-+7891233-abcdef012345678912345678"),
            (X_AMZN_TRACE_ID, "Root=1-00000000-000000000000000000000000"),
            (
                X_AMZN_TRACE_ID,
                "Root=1-67891233-abcdef012345678912345678;Root=1-67891233-abcdef012345678912345679",
            ),
            (X_AMZN_TRACE_ID, "Root=1-é7891233-abcdef01234567891234567"),
            (X_AMZN_TRACE_ID, "Parent=53995c3f42cd8ad8;Sampled=1"),
            (X_AMZN_TRACE_ID, &long_root),
        ] {
            let origin = origin(&[(name, value)]);
            assert!(!origin.parent.is_valid(), "{value}");
            assert_ne!(origin.trace_id, TraceId::INVALID);
            assert!(origin.sampled, "{value}");
            assert!(!value.contains(&origin.trace_id()), "{value}");
        }
    }

    #[test]
    fn a_clients_own_state_is_not_copied_into_spans() {
        let state = ("tracestate", "vendor=words,other=more");
        let origin = origin(&[(TRACEPARENT, SAMPLED), state]);
        assert!(origin.sampled && origin.trace_id() == TRACE);
        assert_eq!(origin.parent.trace_state().header(), "");
        let x_ray = format!("{ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Words=mine");
        let origin = super::tests::origin(&[(X_AMZN_TRACE_ID, &x_ray)]);
        assert_eq!(origin.parent.trace_state().header(), "");
    }

    #[test]
    fn x_ray_may_decide_without_a_span() {
        for (value, sampled) in [
            (format!("{ROOT};Sampled=0"), false),
            (format!("{ROOT};Sampled=1"), true),
        ] {
            let origin = origin(&[(X_AMZN_TRACE_ID, &value)]);
            assert_eq!(origin.trace_id(), ROOT_TRACE);
            assert_eq!(origin.sampled, sampled, "{value}");
        }
    }

    #[test]
    fn a_share_of_the_traces_is_sampled_by_their_ids() {
        let tenth = SamplerSettings {
            share: 0.1,
            parent_based: true,
        };
        let tracer = tracer(tenth, Propagation::default());
        let sampled = (0..5_000)
            .filter(|_| origin_with(&tracer, &[]).sampled)
            .count();
        assert!((350..650).contains(&sampled), "{sampled}");
        assert!(origin_with(&tracer, &[(TRACEPARENT, SAMPLED)]).sampled);
    }

    #[test]
    fn propagators_that_are_not_listed_are_not_read() {
        let none = Propagation {
            trace_context: false,
            x_ray: false,
        };
        let tracer = tracer(SamplerSettings::default(), none);
        let headers = [(TRACEPARENT, SAMPLED), (X_AMZN_TRACE_ID, ROOT)];
        let origin = origin_with(&tracer, &headers);
        assert_ne!(origin.trace_id(), TRACE);
        assert_ne!(origin.trace_id(), ROOT_TRACE);
    }

    #[test]
    fn without_an_endpoint_nothing_is_traced_but_every_request_has_an_id() {
        let mut tracer = tracer(SamplerSettings::default(), Propagation::default());
        tracer.sampler = None;
        let origin = origin_with(&tracer, &[(TRACEPARENT, SAMPLED)]);
        assert!(!origin.sampled);
        assert_eq!(origin.trace_id(), TRACE);
    }
}
