//! Signing in at the login page.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    page, prompt::signed_in_for, redirect_to_page, remember, reply::Failed, request::Wanted,
};
use crate::{
    domain::{oauth::diagnosis::Cause, secret::Secret},
    local_server::{
        Shared,
        answer::{LogContext, Refusal},
        form::Form,
        now,
        sign_in::{self, Refused},
    },
    store::{SignInError, StoreError},
    vault,
};

/// Retry-After if too many sign in at once: one takes less than a second.
const BUSY_S: u64 = 2;

pub(super) struct SignInForm<'a> {
    pub email: &'a str,
    pub problem: Option<&'a str>,
    pub status: StatusCode,
}

pub(super) fn sign_in_page(
    shared: &Shared,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    form: &SignInForm<'_>,
) -> Result<Response, Failed> {
    Ok(page(
        shared,
        wanted,
        query,
        browser,
        &wanted.sign_in(),
        |page| page.answer(form.status, page.sign_in(form.email, form.problem)),
    )?)
}

pub(super) async fn enter(
    shared: &Arc<Shared>,
    wanted: &Wanted,
    query: &str,
    browser: &str,
    form: &Form,
    log: &mut LogContext,
) -> Result<Response, Failed> {
    let email = form.get("email").unwrap_or_default().trim().to_owned();
    let password = Secret::new(form.get("password").unwrap_or_default());
    let who = sign_in::sign_in(shared, &email, password).await;
    let problem = match who {
        Ok((who, mark)) => {
            let mut rng =
                vault::os_random().map_err(|error| Refusal::from(StoreError::from(error)))?;
            let mut login_sessions = shared.login_sessions();
            login_sessions.leave(browser);
            let browser = login_sessions.enter(who, mark, now(), &mut rng);
            let mut response = redirect_to_page(&signed_in_for(query));
            remember(&mut response, &browser, shared.port);
            return Ok(response);
        }
        Err(refused) => problem(refused, log)?,
    };
    let asked = SignInForm {
        email: &email,
        problem: Some(&problem.text),
        status: problem.status,
    };
    let mut response = sign_in_page(shared, wanted, query, browser, &asked)?;
    if let Some(seconds) = problem.retry_after_s {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

struct Problem {
    text: String,
    status: StatusCode,
    retry_after_s: Option<u64>,
}

fn problem(refused: Refused, log: &mut LogContext) -> Result<Problem, Refusal> {
    let shown = |text: &str, status, retry_after_s| Problem {
        text: text.to_owned(),
        status,
        retry_after_s,
    };
    Ok(match refused {
        Refused::Busy => {
            log.explained("DEV-503", Cause::Unavailable);
            let text = "Too many sign-ins at once. Try again in a few seconds.";
            shown(text, StatusCode::SERVICE_UNAVAILABLE, Some(BUSY_S))
        }
        Refused::SignIn(SignInError::Refused { .. }) => {
            log.explained("OAU-140", Cause::PasswordWrong);
            let text = "E-mail and password do not match.";
            shown(text, StatusCode::FORBIDDEN, None)
        }
        Refused::SignIn(error @ SignInError::Wait { wait_ms }) => {
            log.explained("OAU-147", Cause::SignInWaits);
            let wait_s = wait_ms.div_ceil(1000);
            shown(
                &error.to_string(),
                StatusCode::TOO_MANY_REQUESTS,
                Some(wait_s),
            )
        }
        Refused::SignIn(SignInError::Store(StoreError::MustChangePassword)) => {
            let text = "Choose your own password in the console first.";
            shown(text, StatusCode::FORBIDDEN, None)
        }
        Refused::SignIn(SignInError::Store(error)) => return Err(error.into()),
    })
}
