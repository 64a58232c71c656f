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
    config::{Settings, SystemEnv, Toolset, TransportKind},
    mcp::{Channel, HttpOptions, Server, serve_http, serve_stdio},
    tools::{Registry, Services},
};

pub(crate) async fn run(options: ServerOptions) -> Result<ExitCode, CliError> {
    let settings = setup::settings_with(setup::Logs::Normal, options.operate.log_format.map(Into::into))?;
    let transport = transport(&options, &settings);
    let services = setup::services(&options.databases, &settings).await?;
    services.operate(operate::operation(&options.operate, &settings.operating, transport).await?);
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
            let server = Server::new(registry, Arc::clone(services), Channel::Http);
            let sample = options.databases.sample;
            let http = http_options(options, settings);
            let told = |address| output::note(&welcome(address, sample));
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
fn http_options(options: ServerOptions, settings: Settings) -> HttpOptions {
    HttpOptions {
        host: options.host.unwrap_or(settings.http_host),
        port: options.port.unwrap_or(settings.http_port),
        stateless: options.stateless || settings.stateless,
        allowed_hosts: options.allowed_hosts,
        allowed_origins: if options.allowed_origins.is_empty() {
            settings.cors_origins
        } else {
            options.allowed_origins
        },
    }
}

/// What to do next, for the person who started the server.
fn welcome(address: SocketAddr, sample: bool) -> String {
    let url = format!("http://{address}/mcp");
    let client = json!({ "mcpServers": { "arangodb": { "type": "http", "url": url } } });
    let query = if sample {
        "FOR v, e IN 1..1 ANY 'characters/Valjean' GRAPH 'lesmis' SORT e.weight DESC LIMIT 5 RETURN {name: v.name, weight: e.weight}"
    } else {
        "RETURN 1 + 1"
    };
    format!(
        "Serving MCP at {url} (health: http://{address}/health, status: http://{address}/)\n\
         For an MCP client:   {client}\n\
         To try it:           mcp-arangodb-async call --server {url} arango_query query=\"{query}\"\n"
    )
}
