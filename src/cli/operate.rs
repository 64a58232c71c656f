//! Everything around the work of a server: who watches its calls, its metrics, and its end.

use std::{net::SocketAddr, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{arguments::operate::OperateOptions, error::CliError, output, signals::StopSignals};
use crate::{
    config::{AuditTarget, OperatingSettings, SystemEnv, TransportKind, telemetry},
    mcp::{numbers, serve_metrics},
    observability::{
        Operation,
        audit::{AuditLog, Key, Target},
        otlp::{Exporter, Telemetry},
    },
    tools::Services,
};

/// The watchers of calls that flags and environment ask for, and what sends to a collector what they see, if there is one.
pub(crate) async fn operation(
    options: &OperateOptions,
    settings: &OperatingSettings,
    transport: TransportKind,
) -> Result<(Operation, Option<Box<Exporter>>), CliError> {
    let mut operation = Operation::default().draining_for(options.drain_timeout.unwrap_or(settings.drain_timeout));
    if metrics_address(options, settings).is_some() {
        operation = operation.counting();
    }
    if transport == TransportKind::Http {
        operation = operation.remembering();
    }
    if let Some(log) = audit_log(options, settings).await? {
        let wanted = options.audit_arguments.map_or(settings.audit_arguments, Into::into);
        operation = operation.recording(log, wanted);
    }
    // These variables are for all programs of a machine or a pod: what one of them cannot do is no reason not to serve.
    let target = telemetry::from_env(&SystemEnv).unwrap_or_else(|error| {
        tracing::warn!("no traces and no metrics are exported: {error}");
        None
    });
    Ok(match target.map(Telemetry::new) {
        Some((telemetry, exporter)) => (operation.exporting(telemetry), Some(Box::new(exporter))),
        None => (operation, None),
    })
}

/// Has traces and metrics exported from now on.
pub(crate) fn export(exporter: Box<Exporter>, services: &Arc<Services>) {
    let services = Arc::clone(services);
    tokio::spawn(exporter.run(Arc::new(move || numbers(&services))));
}

async fn audit_log(options: &OperateOptions, settings: &OperatingSettings) -> Result<Option<AuditLog>, CliError> {
    let required = options.audit_required || settings.audit_required;
    let Some(target) = options.audit_log.clone().or_else(|| settings.audit_log.clone()) else {
        if required {
            return Err(CliError::new("--audit-required: there is no audit log; name one with --audit-log"));
        }
        return Ok(None);
    };
    let max_bytes = options.audit_max_bytes.or(settings.audit_max_bytes);
    let target = match target {
        AuditTarget::File(path) => Target::File { path, max_bytes },
        AuditTarget::Stderr => Target::Stderr,
    };
    let key = Key::new(settings.audit_key.as_ref().map(crate::config::KeyBytes::expose));
    let begun = tokio::task::spawn_blocking(move || AuditLog::begin(target, key, required)).await;
    let begun = begun.map_err(|error| CliError::from_error(&error))?;
    begun.map(Some).map_err(|error| CliError::from_error(&error))
}

fn metrics_address(options: &OperateOptions, settings: &OperatingSettings) -> Option<SocketAddr> {
    options.metrics_listen.or(settings.metrics_listen)
}

/// Serves metrics, where that is asked for.
pub(crate) async fn metrics(
    options: &OperateOptions,
    settings: &OperatingSettings,
    services: &Arc<Services>,
) -> Result<(), CliError> {
    let Some(address) = metrics_address(options, settings) else { return Ok(()) };
    let bound = serve_metrics(address, Arc::clone(services)).await.map_err(|error| CliError::from_error(&error))?;
    output::note(&format!("Serving metrics at http://{bound}/metrics\n"));
    Ok(())
}

/// The end of a server, in two steps.
#[derive(Debug)]
pub(crate) struct Ending {
    /// Cancelled when no more connections are to be taken and calls are to finish.
    pub(crate) stop: CancellationToken,
    /// The exit code, once somebody has asked a second time: nothing is waited for then.
    at_once: tokio::sync::oneshot::Receiver<u8>,
}

impl Ending {
    /// Waits for signals from now on. After the first the server says that it is not ready, for `drain_delay` still takes
    /// connections, and then stops.
    pub(crate) fn prepare(options: &OperateOptions, settings: &OperatingSettings, services: &Arc<Services>) -> Self {
        let delay = options.drain_delay.unwrap_or(settings.drain_delay);
        let stop = CancellationToken::new();
        let (asked_again, at_once) = tokio::sync::oneshot::channel();
        let (told, services) = (stop.clone(), Arc::clone(services));
        let mut signals = StopSignals::new();
        tokio::spawn(async move {
            signals.next().await;
            services.operation().begin_draining();
            let second = tokio::select! {
                code = signals.next() => code,
                () = tokio::time::sleep(delay) => {
                    told.cancel();
                    signals.next().await
                }
            };
            // Where nobody listens any more, the end is there already.
            let _ = asked_again.send(second);
        });
        Self { stop, at_once }
    }

    /// The exit code of somebody who asks twice.
    pub(crate) async fn at_once(self) -> u8 {
        match self.at_once.await {
            Ok(code) => code,
            Err(_) => std::future::pending().await,
        }
    }
}
