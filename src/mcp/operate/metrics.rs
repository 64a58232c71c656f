//! The numbers for Prometheus, on a listener of their own: they are for operators, not for those who call.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use tokio::net::TcpListener;

use super::{probes::Probes, text_response};
use crate::{
    observability::metrics::{CONTENT_TYPE, Exposition, process, text},
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
    let mut ups = Exposition::default();
    for (key, said) in counted.probes.said().await {
        ups.sample("mcp_arangodb_database_up", &[("database", key.as_str())], said.is_ok());
    }
    let services = Arc::clone(&counted.services);
    let written = tokio::task::spawn_blocking(move || text(&with_numbers(&services, ups)));
    match written.await {
        Ok(text) => text_response(StatusCode::OK, CONTENT_TYPE, text),
        Err(_ending) => text_response(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "the server is stopping"),
    }
}

/// The numbers of this moment, except whether databases answer: nobody asks them for this. Blocking, though on no disk.
pub fn numbers(services: &Services) -> Exposition {
    with_numbers(services, Exposition::default())
}

/// Adds what the services know at this moment.
fn with_numbers(services: &Services, mut all: Exposition) -> Exposition {
    let operation = services.operation();
    all.sample("mcp_arangodb_build_info", &[("version", crate::mcp::VERSION)], true);
    if let Some(metrics) = operation.metrics() {
        metrics.expose(&mut all);
    }
    all.sample("mcp_arangodb_calls_in_flight", &[], services.calls_in_flight());
    all.sample("mcp_arangodb_sessions", &[], operation.sessions());
    all.sample("mcp_arangodb_draining", &[], operation.is_draining());
    let databases = services.databases();
    for (key, load) in databases.loads() {
        let labels = [("database", key.as_str())];
        all.sample("mcp_arangodb_connections_in_use", &labels, load.in_use);
        all.sample("mcp_arangodb_connections_limit", &labels, load.limit);
    }
    if let Some(size) = databases.engine_size() {
        all.sample("mcp_arangodb_engine_databases", &[], size.databases);
        all.sample("mcp_arangodb_engine_collections", &[], size.collections);
        all.sample("mcp_arangodb_engine_documents", &[], size.documents);
    }
    let reloads = operation.reloads();
    all.sample("mcp_arangodb_config_reloads_total", &[("outcome", "ok")], reloads.succeeded);
    all.sample("mcp_arangodb_config_reloads_total", &[("outcome", "error")], reloads.failed);
    all.sample("mcp_arangodb_config_last_reload_successful", &[], reloads.problem.is_none());
    if let Some(log) = operation.audit() {
        let (written, lost) = log.counts();
        all.sample("mcp_arangodb_audit_lines_total", &[], written);
        all.sample("mcp_arangodb_audit_lines_lost_total", &[], lost);
    }
    all.sample("process_uptime_seconds", &[], operation.uptime().as_secs_f64());
    process(&mut all);
    all
}
