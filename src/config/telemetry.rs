//! What the environment says about OpenTelemetry, in its own variables. Off unless one of them names a collector.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::{ConfigError, Env, env::non_empty, settings};
use crate::observability::{
    SafeUrl, Secret,
    otlp::{Sampler, Target},
};

/// The one protocol.
const PROTOCOL: &str = "http/json";
/// How often metrics are exported, unless somebody says otherwise.
const INTERVAL: Duration = Duration::from_mins(1);

/// What is exported and where to; nothing when nothing is.
///
/// # Errors
/// The first variable whose value is not one of those allowed.
pub fn from_env(env: &dyn Env) -> Result<Option<Target>, ConfigError> {
    let traces = endpoint(env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "v1/traces")?;
    let metrics = endpoint(env, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "v1/metrics")?;
    let disabled = settings::choice(env, "OTEL_SDK_DISABLED", &[("false", false), ("true", true)])?;
    if disabled || (traces.is_none() && metrics.is_none()) {
        return Ok(None);
    }
    protocol(env)?;
    Ok(Some(Target {
        traces,
        metrics,
        headers: headers(env)?,
        resource: resource(env)?,
        sampler: sampler(env)?,
        interval: interval(env)?,
    }))
}

/// The address for one kind of export: its own variable as it is, or the common one with a path behind it.
fn endpoint(env: &dyn Env, own: &'static str, path: &str) -> Result<Option<SafeUrl>, ConfigError> {
    const COMMON: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let common = || Some((COMMON, format!("{}/{path}", non_empty(env, COMMON)?.trim_end_matches('/'))));
    let Some((name, text)) = non_empty(env, own).map(|text| (own, text)).or_else(common) else { return Ok(None) };
    let parsed = SafeUrl::parse(text.trim()).ok().filter(|url| matches!(url.expose().scheme(), "http" | "https"));
    let fault = || ConfigError::new(name, "the value is not an address").advise("use e.g. http://localhost:4318");
    parsed.ok_or_else(fault).map(Some)
}

fn protocol(env: &dyn Env) -> Result<(), ConfigError> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
    match non_empty(env, NAME) {
        Some(other) if other != PROTOCOL => Err(ConfigError::new(NAME, format!("{other:?} is not supported"))
            .advise("use http/json; collectors take it at the addresses of http/protobuf, usually port 4318")),
        _ => Ok(()),
    }
}

/// Headers to send along. Their values are not repeated in errors: they are tokens.
fn headers(env: &dyn Env) -> Result<Vec<(HeaderName, Secret)>, ConfigError> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_HEADERS";
    let read = |(name, value): (String, String)| {
        let name = HeaderName::try_from(name).ok()?;
        HeaderValue::try_from(value.as_str()).ok().map(|_| (name, Secret::new(value)))
    };
    let headers: Option<Vec<_>> = pairs(env, NAME)?.into_iter().map(read).collect();
    headers.ok_or_else(|| not_pairs(NAME))
}

/// What is said about this process: its name, its version, which one of several it is, and what the environment adds.
fn resource(env: &dyn Env) -> Result<Vec<(String, String)>, ConfigError> {
    const SERVICE: &str = "service.name";
    let mut all = vec![
        (SERVICE.to_owned(), env!("CARGO_PKG_NAME").to_owned()),
        ("service.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("service.instance.id".to_owned(), uuid::Uuid::new_v4().to_string()),
    ];
    let named = non_empty(env, "OTEL_SERVICE_NAME").map(|name| (SERVICE.to_owned(), name));
    for (key, value) in pairs(env, "OTEL_RESOURCE_ATTRIBUTES")?.into_iter().chain(named) {
        all.retain(|(known, _)| *known != key);
        all.push((key, value));
    }
    Ok(all)
}

fn sampler(env: &dyn Env) -> Result<Sampler, ConfigError> {
    const NAME: &str = "OTEL_TRACES_SAMPLER";
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    let Some(name) = non_empty(env, NAME) else { return Ok(Sampler::default()) };
    let ratio = if name.ends_with("traceidratio") { non_empty(env, ARGUMENT) } else { None };
    let ratio = ratio.map_or(Ok(1.0), |text| match text.trim().parse::<f64>() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err(ConfigError::new(ARGUMENT, format!("{text:?} is not a ratio")).advise("use a number from 0 to 1")),
    })?;
    Sampler::of(&name, ratio).ok_or_else(|| {
        ConfigError::new(NAME, format!("there is no sampler {name:?}"))
            .advise(format!("use one of {}", Sampler::NAMES.join(", ")))
    })
}

fn interval(env: &dyn Env) -> Result<Duration, ConfigError> {
    const NAME: &str = "OTEL_METRIC_EXPORT_INTERVAL";
    let Some(text) = non_empty(env, NAME) else { return Ok(INTERVAL) };
    match text.trim().parse::<u64>() {
        Ok(millis @ 100..=86_400_000) => Ok(Duration::from_millis(millis)),
        _ => Err(ConfigError::new(NAME, format!("{text:?} is not a time"))
            .advise("use milliseconds from 100 to 86400000, e.g. 60000")),
    }
}

/// A list of `key=value`, whose values are escaped as in URLs.
fn pairs(env: &dyn Env, name: &'static str) -> Result<Vec<(String, String)>, ConfigError> {
    let text = non_empty(env, name).unwrap_or_default();
    let members = text.split(',').map(str::trim).filter(|member| !member.is_empty());
    let read = |member: &str| {
        let (key, value) = member.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        (!key.trim().is_empty()).then(|| (key.trim().to_owned(), value.into_owned()))
    };
    members.map(read).collect::<Option<Vec<_>>>().ok_or_else(|| not_pairs(name))
}

fn not_pairs(name: &str) -> ConfigError {
    ConfigError::new(name, "the value is not a list of key=value")
        .advise("use e.g. key1=value1,key2=value2, with other signs in values as %2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::MapEnv, observability::otlp::Share};

    const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/");

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Target>, String> {
        from_env(&pairs.iter().copied().collect::<MapEnv>()).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_exported_unless_a_collector_is_named() {
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[("OTEL_SERVICE_NAME", "x"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap().is_none());
        assert!(read(&[COLLECTOR, ("OTEL_SDK_DISABLED", "true")]).unwrap().is_none());
    }

    #[test]
    fn each_kind_has_its_path_or_its_own_address() {
        let addresses = |target: &Target| {
            [&target.traces, &target.metrics].map(|url| url.as_ref().map(ToString::to_string).unwrap_or_default())
        };
        let both = read(&[COLLECTOR]).unwrap().unwrap();
        assert_eq!(addresses(&both), ["http://collector:4318/v1/traces", "http://collector:4318/v1/metrics"]);
        let own = read(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/own?key=secret")]).unwrap().unwrap();
        assert_eq!(addresses(&own), ["https://t/own?key=***", ""]);
    }

    #[test]
    fn all_else_is_read_too() {
        let target = read(&[
            COLLECTOR,
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2, x-tenant=a%2Cb"),
            ("OTEL_SERVICE_NAME", "mine"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=theirs,deployment.environment.name=test"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1500"),
        ]);
        let target = target.unwrap().unwrap();
        assert!(!format!("{target:?}").contains("hunter2"));
        let headers: Vec<_> = target.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(headers, [("authorization", "Bearer hunter2"), ("x-tenant", "a,b")]);
        let said = |key: &str| -> Vec<&str> {
            let all = target.resource.iter().filter(|(known, _)| known == key);
            all.map(|(_, value)| value.as_str()).collect()
        };
        assert_eq!((said("service.name"), said("deployment.environment.name")), (vec!["mine"], vec!["test"]));
        assert_eq!(target.sampler, Sampler { share: Share::Ratio(0.25), follows_parent: true });
        assert_eq!(target.interval, Duration::from_millis(1500));
    }

    #[test]
    fn other_values_are_refused_with_what_would_be_right() {
        for (name, bad) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "ftp://collector"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%0A"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a"),
            ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_SDK_DISABLED", "perhaps"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
        ] {
            let mut pairs = vec![COLLECTOR];
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, bad));
            let refused = read(&pairs).unwrap_err();
            assert!(refused.starts_with(name) && refused.contains("use "), "{refused}");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
        let ratio = read(&[COLLECTOR, ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")]);
        assert!(ratio.unwrap_err().starts_with("OTEL_TRACES_SAMPLER_ARG"));
    }
}
