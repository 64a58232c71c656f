//! `POST /_open/auth`: a token for a name and a password; `…/renew`: a new one for one that is still valid.

use crate::wire::ErrorNum;

use super::{
    super::{users, value::Value},
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
    token::unauthorized,
};

/// The endpoints.
pub(super) const ROUTES: &[Route] =
    &[route(Verb::Post, "", Right::Open, issue), route(Verb::Post, "renew", Right::Authenticated, renew)];

fn issue(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let (Some(user), Some(password)) = (body.get("username").as_str(), body.get("password").as_str()) else {
        return Err(Failure::new(ErrorNum::HTTP_BAD_PARAMETER, "expecting username and password"));
    };
    if !users::verify(call.engine.store(), user, password) {
        return Err(unauthorized());
    }
    Ok(token_for(call, user))
}

fn renew(call: &Call<'_>) -> Answer {
    // Without authentication there is nobody to make a token for.
    let user = call.user().ok_or_else(|| Failure::bad_parameter("only a user can renew a token"))?;
    Ok(token_for(call, user))
}

fn token_for(call: &Call<'_>, user: &str) -> Reply {
    let token = call.engine.key().issue(user, call.engine.clock().now_millis());
    Reply::bare(200, fields([("jwt", Value::from(token.as_str()))]))
}
