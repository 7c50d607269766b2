//! Installs a private bot: hands its token to its redirect URI, as RingCentral does when Install is
//! pressed. A public bot gets a code, which is not simulated. Source: RingCentral's documentation
//! and its sample of a private bot.

use std::time::{Duration, Instant};

use serde_json::json;
use url::Url;

use super::{
    Trial,
    http::{agent, leads_here, received},
};
use crate::domain::{
    app::App,
    oauth::{diagnosis::Cause, trial::Step},
    secret::Secret,
};

const LIMIT: Duration = Duration::from_secs(20);
/// The life of a bot's token, in seconds: RingCentral's number for one that does not expire.
pub(in crate::runtime) const LIFE_S: i64 = 2_147_483_647;

pub(in crate::runtime) struct Bot {
    pub token: Secret,
    pub creator_extension_id: String,
    pub creator_account_id: String,
}

pub(super) fn install(trial: &Trial, app: &App, bot: &Bot) {
    const WHAT: &str = "Install the bot";
    let all = app.spec.redirect_uris().iter();
    let mut here = all.filter(|uri| Url::parse(uri.as_str()).is_ok_and(|url| leads_here(&url)));
    // A token that does not expire must not leave this machine.
    let Some(uri) = here.next() else {
        let mut step = Step::failed(WHAT, "");
        step.diagnosis = Some(Cause::NotOnThisMachine.into());
        return trial.say(step);
    };
    trial.say(Step::ok(
        "Bot token",
        "It does not expire, and there is no refresh token. Here it acts as you, who installed the bot.",
    ));
    let body = json!({
        "access_token": bot.token.expose(),
        "client_id": app.client_id.as_str(),
        "creator_extension_id": bot.creator_extension_id,
        "creator_account_id": bot.creator_account_id,
    });
    let body = Secret::new(body.to_string());
    let what = format!("POST {}", uri.as_str());
    let since = Instant::now();
    let request = agent(LIMIT, uri.as_str())
        .post(uri.as_str())
        .header("Content-Type", "application/json");
    let step = match received(since, request.send(body.expose())) {
        Err(problem) => Step::failed(what, format!("No answer: {problem} Start your bot first.")),
        Ok(answer) => {
            let mut step = match answer.status {
                200 => Step::ok(what, "200. The bot has its token."),
                other => Step::failed(what, format!("{other}. A bot answers 200 to its install.")),
            };
            step.took_ms = Some(answer.took_ms);
            step
        }
    };
    trial.say(step);
}
