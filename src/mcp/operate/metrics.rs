//! The numbers for Prometheus, on a listener of their own: they are for operators, not for those who call.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use tokio::net::TcpListener;

use super::{probes::Probes, text_response};
use crate::{
    observability::metrics::{CONTENT_TYPE, Exposition, process},
    tools::Services,
};

/// Why metrics cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be served at {address}: {source}")]
pub struct MetricsError {
    address: SocketAddr,
    source: std::io::Error,
}

#[derive(Debug)]
struct Counted {
    services: Arc<Services>,
    probes: Probes,
}

/// Serves metrics until the process ends; gives the address that was bound.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve_metrics(address: SocketAddr, services: Arc<Services>) -> Result<SocketAddr, MetricsError> {
    let failed = |source| MetricsError { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let counted = Counted { probes: Probes::new(Arc::clone(&services)), services };
    let app = Router::new().route("/metrics", get(metrics)).with_state(Arc::new(counted));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(bound)
}

async fn metrics(State(counted): State<Arc<Counted>>) -> Response {
    let mut text = Exposition::default();
    for (key, said) in counted.probes.said().await {
        text.sample("mcp_arangodb_database_up", &[("database", key.as_str())], u8::from(said.is_ok()));
    }
    let services = Arc::clone(&counted.services);
    let written = tokio::task::spawn_blocking(move || {
        write(&services, &mut text);
        process(&mut text);
        text.finish()
    });
    match written.await {
        Ok(text) => text_response(StatusCode::OK, CONTENT_TYPE, text),
        Err(_ending) => text_response(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "the server is stopping"),
    }
}

/// What the services know at this moment.
fn write(services: &Services, text: &mut Exposition) {
    let operation = services.operation();
    text.sample("mcp_arangodb_build_info", &[("version", crate::mcp::VERSION)], 1);
    if let Some(metrics) = operation.metrics() {
        metrics.expose(text);
    }
    text.sample("mcp_arangodb_calls_in_flight", &[], services.calls_in_flight());
    text.sample("mcp_arangodb_sessions", &[], operation.sessions());
    text.sample("mcp_arangodb_draining", &[], u8::from(operation.is_draining()));
    let databases = services.databases();
    for (key, load) in databases.loads() {
        let labels = [("database", key.as_str())];
        text.sample("mcp_arangodb_connections_in_use", &labels, load.in_use);
        text.sample("mcp_arangodb_connections_limit", &labels, load.limit);
    }
    if let Some(size) = databases.engine_size() {
        text.sample("mcp_arangodb_engine_databases", &[], size.databases);
        text.sample("mcp_arangodb_engine_collections", &[], size.collections);
        text.sample("mcp_arangodb_engine_documents", &[], size.documents);
    }
    let reloads = operation.reloads();
    text.sample("mcp_arangodb_config_reloads_total", &[("outcome", "ok")], reloads.succeeded);
    text.sample("mcp_arangodb_config_reloads_total", &[("outcome", "error")], reloads.failed);
    text.sample("mcp_arangodb_config_last_reload_successful", &[], u8::from(reloads.problem.is_none()));
    if let Some(log) = operation.audit() {
        let (written, lost) = log.counts();
        text.sample("mcp_arangodb_audit_lines_total", &[], written);
        text.sample("mcp_arangodb_audit_lines_lost_total", &[], lost);
    }
    text.sample("process_uptime_seconds", &[], operation.uptime().as_secs_f64());
}
