//! The numbers of a moment in OTLP's JSON: sums since the process began, as Prometheus reads them too.

use std::time::Duration;

use serde_json::{Value, json};

use super::span::{scope, texts};
use crate::observability::metrics::{Distribution, Exposition, FAMILIES, Family, Kind, Sample, Value as Number};

/// Sums are those since the beginning, not those since the last export.
const CUMULATIVE: u8 = 2;

/// The request that exports these numbers.
pub(super) fn request(resource: &Value, exposition: &Exposition, begun: Duration, now: Duration) -> Value {
    let metrics: Vec<Value> =
        FAMILIES.iter().filter_map(|family| metric(family, exposition.samples(family.name), begun, now)).collect();
    json!({ "resourceMetrics": [{ "resource": resource, "scopeMetrics": [{ "scope": scope(), "metrics": metrics }] }] })
}

fn metric(family: &Family, samples: &[Sample], begun: Duration, now: Duration) -> Option<Value> {
    if samples.is_empty() {
        return None;
    }
    let points: Vec<Value> = samples.iter().map(|sample| point(sample, begun, now)).collect();
    let (kind, data) = match family.kind {
        Kind::Counter => {
            ("sum", json!({ "aggregationTemporality": CUMULATIVE, "isMonotonic": true, "dataPoints": points }))
        }
        Kind::Gauge => ("gauge", json!({ "dataPoints": points })),
        Kind::Histogram => ("histogram", json!({ "aggregationTemporality": CUMULATIVE, "dataPoints": points })),
    };
    let mut metric = json!({ "name": family.name, "description": family.help, "unit": unit(family.name) });
    metric.as_object_mut()?.insert(kind.to_owned(), data);
    Some(metric)
}

/// The unit, which the names end with.
fn unit(name: &str) -> &'static str {
    let name = name.trim_end_matches("_total");
    if name.ends_with("_seconds") {
        "s"
    } else if name.ends_with("_bytes") {
        "By"
    } else {
        "1"
    }
}

fn point(sample: &Sample, begun: Duration, now: Duration) -> Value {
    let labels = sample.labels.iter().map(|(label, text)| (*label, text.as_str()));
    let mut point = json!({
        "attributes": texts(labels),
        "startTimeUnixNano": begun.as_nanos().to_string(),
        "timeUnixNano": now.as_nanos().to_string(),
    });
    let fields = match &sample.value {
        Number::Count(count) => json!({ "asInt": count.to_string() }),
        Number::Amount(amount) => json!({ "asDouble": amount }),
        Number::Distribution(Distribution { bounds, classes, count, sum }) => {
            let above = count.saturating_sub(classes.iter().sum());
            let counts: Vec<String> = classes.iter().chain([&above]).map(u64::to_string).collect();
            json!({ "count": count.to_string(), "sum": sum, "bucketCounts": counts, "explicitBounds": bounds })
        }
    };
    if let (Value::Object(point), Value::Object(fields)) = (&mut point, fields) {
        point.extend(fields);
    }
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_gauges_and_distributions_are_told_with_their_labels() {
        let mut all = Exposition::default();
        all.sample("mcp_arangodb_calls_total", &[("tool", "arango_query"), ("outcome", "ok")], 3_u64);
        all.sample("mcp_arangodb_sessions", &[], 2_usize);
        all.sample("process_cpu_seconds_total", &[], 0.25);
        let distribution = Distribution { bounds: &[0.1, 1.0], classes: vec![1, 2], count: 4, sum: 7.5 };
        all.sample("mcp_arangodb_call_duration_seconds", &[("tool", "arango_query")], distribution);
        let request = request(&json!({}), &all, Duration::from_secs(1), Duration::from_secs(2));
        let metrics = &request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
        insta::assert_snapshot!(serde_json::to_string_pretty(metrics).unwrap());
    }
}
