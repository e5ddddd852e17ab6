//! The standard `OTEL_*` variables: where spans go, which requests are traced, and whose trace they join. As everywhere else they are
//! variables of the environment only, because the exporter reads some of them by itself.

mod export;

use std::time::Duration;

use super::values::{SettingsError, Values, bad_value};
use crate::telemetry::{Propagation, QueueSettings, SamplerSettings, SpanLimits, TraceSettings};

const DEFAULT_SERVICE_NAME: &str = "goal-router";
/// The default number of attributes, events and links of a span, as OpenTelemetry specifies it.
const DEFAULT_SPAN_LIMIT: u64 = 128;
pub(super) fn traces(values: &Values) -> Result<TraceSettings, SettingsError> {
    let mut resource = resource_attributes(values)?;
    let named = resource
        .iter()
        .position(|(name, _)| name == "service.name")
        .map(|index| resource.remove(index).1);
    Ok(TraceSettings {
        export: export::export(values)?,
        propagation: propagation(values)?,
        sampler: sampler(values)?,
        service_name: values
            .text("OTEL_SERVICE_NAME")
            .or(named)
            .unwrap_or_else(|| DEFAULT_SERVICE_NAME.to_owned()),
        resource,
        queue: queue(values)?,
        limits: SpanLimits {
            attributes: limit(values, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT")?,
            events: limit(values, "OTEL_SPAN_EVENT_COUNT_LIMIT")?,
            links: limit(values, "OTEL_SPAN_LINK_COUNT_LIMIT")?,
        },
    })
}

fn resource_attributes(values: &Values) -> Result<Vec<(String, String)>, SettingsError> {
    let name = "OTEL_RESOURCE_ATTRIBUTES";
    let Some(value) = values.text(name) else {
        return Ok(Vec::new());
    };
    key_value_pairs(&value)
        .ok_or_else(|| bad_value(name, &value, "must have the form `name=value,name=value`"))
}

/// Parses pairs in the form of W3C Baggage; `None` if one of them is malformed.
fn key_value_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split(',').map(str::trim);
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let has_name = !name.is_empty() && name.chars().all(|char| char.is_ascii_graphic());
            has_name.then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn propagation(values: &Values) -> Result<Propagation, SettingsError> {
    let name = "OTEL_PROPAGATORS";
    let listed = values.list(name);
    if listed.is_empty() {
        return Ok(Propagation::default());
    }
    let mut propagation = Propagation {
        trace_context: false,
        x_ray: false,
    };
    for propagator in &listed {
        match propagator.as_str() {
            "tracecontext" => propagation.trace_context = true,
            "xray" => propagation.x_ray = true,
            // Nothing here reads baggage, and it is part of the usual list.
            "baggage" | "none" => {}
            _ => {
                let allowed = "must be a list of `tracecontext`, `xray`, `baggage`, or `none`";
                return Err(bad_value(name, &listed.join(","), allowed));
            }
        }
    }
    Ok(propagation)
}

fn sampler(values: &Values) -> Result<SamplerSettings, SettingsError> {
    let name = "OTEL_TRACES_SAMPLER";
    let given_share = share(values)?;
    let Some(sampler) = values.text(name) else {
        return Ok(SamplerSettings::default());
    };
    let (parent_based, kind) = match sampler.strip_prefix("parentbased_") {
        Some(kind) => (true, kind),
        None => (false, sampler.as_str()),
    };
    let share = match kind {
        "always_on" => 1.0,
        "always_off" => 0.0,
        "traceidratio" => given_share,
        _ => {
            let allowed = "must be `always_on`, `always_off` or `traceidratio`, or one of them after `parentbased_`";
            return Err(bad_value(name, &sampler, allowed));
        }
    };
    Ok(SamplerSettings {
        share,
        parent_based,
    })
}

fn share(values: &Values) -> Result<f64, SettingsError> {
    let (name, allowed) = ("OTEL_TRACES_SAMPLER_ARG", "must be a number from 0 to 1");
    let share = values.parsed::<f64>(name, allowed)?.unwrap_or(1.0);
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(bad_value(name, &share, allowed))
    }
}

fn queue(values: &Values) -> Result<QueueSettings, SettingsError> {
    let default = QueueSettings::default();
    let size = |name, default: usize, max| {
        let default = u64::try_from(default).unwrap_or(max);
        let size = values.number(name, default, 1..=max)?;
        Ok::<_, SettingsError>(usize::try_from(size).unwrap_or(usize::MAX))
    };
    let max_spans = size("OTEL_BSP_MAX_QUEUE_SIZE", default.max_spans, 1_000_000)?;
    let max_batch = size("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", default.max_batch, 100_000)?;
    let delay = values.number("OTEL_BSP_SCHEDULE_DELAY", 5_000, 1..=600_000)?;
    Ok(QueueSettings {
        max_spans,
        max_batch: max_batch.min(max_spans),
        delay: Duration::from_millis(delay),
    })
}

fn limit(values: &Values, name: &str) -> Result<u32, SettingsError> {
    let limit = values.number(name, DEFAULT_SPAN_LIMIT, 1..=100_000)?;
    Ok(u32::try_from(limit).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::export::{ENDPOINT, TRACES_ENDPOINT};
    use super::*;
    use crate::config::Settings;

    fn settings(pairs: &[(&str, &str)]) -> TraceSettings {
        Settings::from_pairs(pairs.iter().copied()).unwrap().traces
    }

    fn endpoint_of(pairs: &[(&str, &str)]) -> Option<String> {
        let export = settings(pairs).export?;
        Some((*export.endpoint).to_owned())
    }

    #[test]
    fn spans_go_nowhere_unless_an_endpoint_is_set_or_the_exporter_named() {
        let endpoint = (ENDPOINT, "http://collector:4318");
        assert_eq!(endpoint_of(&[]), None);
        assert_eq!(
            endpoint_of(&[endpoint]).as_deref(),
            Some("http://collector:4318/v1/traces")
        );
        assert_eq!(
            endpoint_of(&[("OTEL_TRACES_EXPORTER", "otlp")]).as_deref(),
            Some("http://localhost:4318/v1/traces")
        );
        assert_eq!(
            endpoint_of(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]),
            None
        );
        assert_eq!(
            endpoint_of(&[endpoint, ("OTEL_SDK_DISABLED", "true")]),
            None
        );
    }

    #[test]
    fn the_path_of_traces_is_appended_to_the_general_http_endpoint_alone() {
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        assert_eq!(
            endpoint_of(&[(ENDPOINT, "http://collector:4317"), grpc]).as_deref(),
            Some("http://collector:4317")
        );
        assert_eq!(
            endpoint_of(&[
                (ENDPOINT, "http://other:4318"),
                (TRACES_ENDPOINT, "https://collector/custom"),
            ])
            .as_deref(),
            Some("https://collector/custom")
        );
    }

    #[test]
    fn an_invalid_variable_is_named_with_what_is_allowed() {
        for (name, value) in [
            (ENDPOINT, "collector:4317"),
            (ENDPOINT, "http://"),
            (TRACES_ENDPOINT, "http://user:secret@collector"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "thrift"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "brotli"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x(key)=secret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization="),
            ("OTEL_TRACES_SAMPLER_ARG", "much"),
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_TRACES_EXPORTER", "jaeger"),
            ("OTEL_PROPAGATORS", "b3"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ] {
            let message = Settings::from_pairs([(name, value)])
                .unwrap_err()
                .to_string();
            assert!(message.starts_with(name), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
        let ratio = [
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ];
        let message = Settings::from_pairs(ratio).unwrap_err().to_string();
        assert!(
            message.starts_with("OTEL_TRACES_SAMPLER_ARG=\"2\""),
            "{message}"
        );
    }

    #[test]
    fn the_service_name_wins_over_the_one_among_the_attributes() {
        let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,team=plans");
        assert_eq!(settings(&[attributes]).service_name, "a");
        let both = settings(&[attributes, ("OTEL_SERVICE_NAME", "b")]);
        assert_eq!(both.service_name, "b");
        assert_eq!(both.resource, [("team".to_owned(), "plans".to_owned())]);
    }

    #[test]
    fn samplers_and_propagators_are_those_of_the_standard() {
        let all = settings(&[]);
        assert_eq!(all.sampler, SamplerSettings::default());
        assert!(all.propagation.trace_context && all.propagation.x_ray);
        let some = settings(&[
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.1"),
            ("OTEL_PROPAGATORS", "tracecontext,baggage"),
        ]);
        assert!(some.sampler.parent_based && (some.sampler.share - 0.1).abs() < 1e-9);
        assert!(some.propagation.trace_context && !some.propagation.x_ray);
    }
}
