//! `server`: MCP on standard input and output, or over HTTP, until the client goes or a signal comes.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    arguments::{ServerOptions, Transport},
    error::CliError,
    operate::{self, Ending},
    output, reload,
    setup::{self, ConfigSource},
};
use crate::{
    access::Gate,
    config::{PublicUrl, Settings, SystemEnv, Toolset, TransportKind},
    mcp::{Channel, HttpOptions, Server, serve_http, serve_stdio},
    tools::{Registry, Services},
};

pub(crate) async fn run(options: ServerOptions) -> Result<ExitCode, CliError> {
    let format = options.operate.log_format.map(Into::into);
    let settings = setup::with_sessions(setup::settings_with(setup::Logs::Normal, format)?, &options.sessions)?;
    let transport = transport(&options, &settings);
    let sessions = match transport {
        TransportKind::Stdio => {
            if options.sessions.session_store.is_some() {
                tracing::warn!("--session-store is for --transport http: a process on pipes is a session of its own");
            }
            setup::own_session()
        }
        TransportKind::Http => setup::shared_sessions(&settings.sessions)?,
    };
    let services = setup::services(&options.databases, &settings, sessions).await?;
    let (operation, exporter) = operate::operation(&options.operate, &settings.operating, transport).await?;
    services.operate(operation);
    if let Some(exporter) = exporter {
        operate::export(exporter, &services);
    }
    reload::follow(Arc::clone(&services), ConfigSource::new(&options.databases, &settings));
    let ending = Ending::prepare(&options.operate, &settings.operating, &services);
    operate::metrics(&options.operate, &settings.operating, &services).await?;
    let stop = ending.stop.clone();
    tokio::select! {
        outcome = serve(options, settings, transport, &services, stop) => outcome?,
        code = ending.at_once() => return Ok(ExitCode::from(code)),
    }
    services.settle().await;
    services.operation().finish().await;
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    options: ServerOptions,
    settings: Settings,
    transport: TransportKind,
    services: &Arc<Services>,
    stop: CancellationToken,
) -> Result<(), CliError> {
    let registry = match settings.toolset {
        Toolset::Full => Registry::standard(),
        Toolset::Baseline => Registry::baseline(),
    };
    if let Some(option) = options.access.given().filter(|_| transport == TransportKind::Stdio) {
        let problem = format!("{option} says who may call over HTTP; add --transport http");
        return Err(CliError::new(format!("{problem} (on standard input and output only the parent process calls)")));
    }
    match transport {
        TransportKind::Stdio => {
            if output::input_is_terminal() {
                output::note(
                    "Speaking MCP on standard input and output; an MCP client should start this. Ctrl-C ends it.\n",
                );
            }
            let server = Server::new(registry, Arc::clone(services), Channel::Stdio);
            serve_stdio(server, stop).await.map_err(|error| CliError::from_error(&error))
        }
        TransportKind::Http => {
            let gate = setup::gate(&options, &settings, services.config().access(), &registry)?;
            let server = Server::new(registry, Arc::clone(services), Channel::Http);
            let (sample, asks) = (options.databases.sample, gate.asks());
            let http = http_options(options, settings, Arc::new(gate))?;
            let (public, scheme) = (http.public_url.clone(), http.scheme());
            let told = |address| output::note(&welcome(scheme, address, public.as_ref(), sample, asks));
            serve_http(server, http, stop, told).await.map_err(|error| CliError::from_error(&error))
        }
    }
}

/// Whether any number of clients may call at once. Settings that cannot be read are reported later, by [`run`].
pub(crate) fn is_for_many(options: &ServerOptions) -> bool {
    Settings::from_env(&SystemEnv).is_ok_and(|settings| transport(options, &settings) == TransportKind::Http)
}

fn transport(options: &ServerOptions, settings: &Settings) -> TransportKind {
    match options.transport {
        Some(Transport::Http) => TransportKind::Http,
        Some(Transport::Stdio) => TransportKind::Stdio,
        None => settings.transport,
    }
}

/// Flags before environment before defaults.
fn http_options(options: ServerOptions, settings: Settings, gate: Arc<Gate>) -> Result<HttpOptions, CliError> {
    let http = options.http.over(settings.http);
    Ok(HttpOptions {
        host: options.host.unwrap_or(settings.http_host),
        port: options.port.unwrap_or(settings.http_port),
        stateless: options.stateless || settings.stateless,
        max_sessions: settings.sessions.max,
        session_idle: settings.sessions.idle,
        limits: http.limits(),
        tls: http.tls().map_err(|error| CliError::from_error(&error))?,
        gate,
        public_url: http.public_url,
        allowed_hosts: http.allowed_hosts,
        allowed_origins: http.allowed_origins,
    })
}

/// What to do next, for the person who started the server.
fn welcome(scheme: &str, address: SocketAddr, public: Option<&PublicUrl>, sample: bool, asks: bool) -> String {
    let local = format!("{scheme}://{address}");
    let url = public.map_or_else(|| format!("{local}/mcp"), PublicUrl::endpoint);
    let entry = if asks {
        json!({ "type": "http", "url": url, "headers": { "Authorization": "Bearer TOKEN" } })
    } else {
        json!({ "type": "http", "url": url })
    };
    let client = json!({ "mcpServers": { "arangodb": entry } });
    let shown = if asks { " --token-env TOKEN" } else { "" };
    let query = if sample {
        "FOR v, e IN 1..1 ANY 'characters/Valjean' GRAPH 'lesmis' SORT e.weight DESC LIMIT 5 RETURN {name: v.name, weight: e.weight}"
    } else {
        "RETURN 1 + 1"
    };
    format!(
        "Serving MCP at {local}/mcp (health: {local}/health, status: {local}/)\n\
         For an MCP client:   {client}\n\
         To try it:           mcp-arangodb-async call --server {url}{shown} arango_query query=\"{query}\"\n"
    )
}
