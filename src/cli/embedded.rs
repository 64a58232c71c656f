//! `embedded`: the engine behind a socket, speaking ArangoDB's HTTP API to any ArangoDB driver.

use std::{net::IpAddr, process::ExitCode, sync::Arc};

use bytes::Bytes;
use http::{Request, StatusCode};
use tokio::net::TcpListener;

use super::{arguments::EmbeddedOptions, error::CliError, output, sample, setup};
use crate::{
    clock::{SystemClock, SystemRandom},
    config::{Env as _, SystemEnv},
    embedded::{
        engine::{Caller, Engine},
        listen::{self, AuthMode},
    },
    observability::Secret,
};

pub(crate) async fn run(options: EmbeddedOptions) -> Result<ExitCode, CliError> {
    setup::settings(setup::Logs::Normal)?;
    let password = password(&options)?;
    let listener = bind(&options).await?;
    let address = listener.local_addr().map_err(|error| CliError::from_error(&error))?;
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    let (auth, login) = match password {
        Some(password) => {
            set_root_password(&engine, password).await?;
            (AuthMode::On, "as root with your password")
        }
        None => (AuthMode::Off, "without authentication"),
    };
    if options.sample {
        for request in sample::requests()? {
            tell(&engine, request).await?;
        }
    }
    output::note(&format!(
        "Serving an ArangoDB-compatible engine at http://{address} {login}. Its data is in memory and gone when it stops.\n\
         To try it:  curl http://{address}/_api/version\n"
    ));
    listen::serve(engine, listener, auth, setup::stop_signal()).await;
    Ok(ExitCode::SUCCESS)
}

/// The password of root, or nothing with `--no-auth`. Neither is an error: there is no safe guess.
fn password(options: &EmbeddedOptions) -> Result<Option<Secret>, CliError> {
    match (&options.root_password_env, options.no_auth) {
        (Some(variable), _) => match SystemEnv.get(variable).filter(|password| !password.is_empty()) {
            Some(password) => Ok(Some(Secret::new(password))),
            None => Err(CliError::new(format!(
                "--root-password-env: the environment variable {variable} is not set or empty"
            ))),
        },
        (None, true) => Ok(None),
        (None, false) => Err(CliError::new(
            "say who may log in: --root-password-env VAR for a password from the environment, or --no-auth for none \
             (on loopback only)",
        )),
    }
}

async fn bind(options: &EmbeddedOptions) -> Result<TcpListener, CliError> {
    let host = options.host.trim_start_matches('[').trim_end_matches(']');
    let loopback = host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if options.no_auth && !loopback {
        return Err(CliError::new(format!(
            "--no-auth is for loopback only, and {host} can be reached from other machines; use --root-password-env VAR"
        )));
    }
    TcpListener::bind((host, options.port))
        .await
        .map_err(|error| CliError::while_doing(&format!("cannot listen on {host}:{}", options.port), error))
}

async fn set_root_password(engine: &Arc<Engine>, password: Secret) -> Result<(), CliError> {
    let engine = Arc::clone(engine);
    // Passwords are hashed slowly on purpose.
    let made = tokio::task::spawn_blocking(move || engine.ensure_root(password.expose())).await;
    let made = made.map_err(|error| CliError::from_error(&error))?;
    made.map_err(|error| CliError::while_doing("cannot make the user root", error))
}

/// Has the engine do something before it serves anybody.
async fn tell(engine: &Arc<Engine>, request: Request<Bytes>) -> Result<(), CliError> {
    let path = request.uri().path().to_owned();
    let engine = Arc::clone(engine);
    let answered = tokio::task::spawn_blocking(move || engine.handle(request, &Caller::Trusted)).await;
    let response = answered.map_err(|error| CliError::from_error(&error))?;
    if response.status() >= StatusCode::BAD_REQUEST {
        let text = String::from_utf8_lossy(response.body()).into_owned();
        return Err(CliError::new(format!("cannot prepare the engine: {path} answered {}: {text}", response.status())));
    }
    Ok(())
}
