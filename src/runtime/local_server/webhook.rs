//! Events of Interactive Messages: sends them as RingCentral does, or receives and checks them.

use std::time::{Duration, Instant};

use url::Url;

use super::{
    Trial,
    http::{self, Place, agent, received},
};
use crate::{
    domain::{
        app::App,
        id::AppId,
        oauth::{
            trial::Step,
            webhook_event::{SIGNATURE_HEADER, faults_of_answer, sample, signature, verify},
        },
        secret::Secret,
        time::UnixMs,
    },
    vault,
};

/// Source: a commented-out line in RingCentral's documentation.
const LIMIT: Duration = Duration::from_secs(5);
const LISTENS: Duration = Duration::from_secs(15 * 60);
/// Characters of a path that are shown.
const PATH_MAX: usize = 200;
/// Ours: the port after the local server's.
const PORT: u16 = crate::domain::oauth::setup::PORT + 1;

pub(in crate::runtime) fn send(trial: &Trial, app: &App, shared: &Secret, now: UnixMs) {
    let Some(settings) = &app.spec.interactive_messages else {
        return;
    };
    let url = settings.outbound_webhook_url.as_str();
    let Ok(mut rng) = vault::os_random() else {
        trial.say(Step::failed(
            "Sample",
            "The system returned no random numbers.",
        ));
        return;
    };
    let id = AppId::mint(&mut rng, now);
    let body = sample(id.as_str(), app.client_id.as_str(), now);
    trial.say(Step::ok(
        "Sample event, signed",
        format!(
            "button_submit, {} bytes, {SIGNATURE_HEADER} in bare hex.",
            body.len()
        ),
    ));
    let what = format!("POST {url}");
    let since = Instant::now();
    let request = agent(LIMIT, url)
        .post(url)
        .header("Content-Type", "application/json")
        .header(SIGNATURE_HEADER, signature(body.as_bytes(), shared));
    let received = match received(since, request.send(body.as_str())) {
        Ok(received) => received,
        Err(problem) => {
            let message = format!("No answer: {problem} RingCentral waits 5 s and does not retry.");
            return trial.say(Step::failed(what, message));
        }
    };
    let faults = faults_of_answer(received.status, received.text.expose());
    let message = format!(
        "{} in {} ms. {}",
        received.status,
        received.took_ms,
        faults.join(" ")
    );
    let mut step = if faults.is_empty() {
        Step::ok(what, message)
    } else {
        Step::failed(what, message)
    };
    step.took_ms = Some(received.took_ms);
    trial.say(step);
}

/// The app's own webhook URL, if it leads to this machine. Then no change is needed.
fn own_address(app: &App) -> Option<(Url, u16)> {
    let settings = app.spec.interactive_messages.as_ref()?;
    let url = Url::parse(settings.outbound_webhook_url.as_str()).ok()?;
    let port = url
        .port_or_known_default()
        .filter(|_| http::leads_here(&url))?;
    Some((url, port))
}

fn receive(trial: &Trial, app: &App, shared: &Secret) -> Result<(), String> {
    let own = own_address(app);
    let own_place = own.as_ref().map(|(url, port)| Place::of(url, *port));
    let places: Vec<Place> = own_place
        .into_iter()
        .chain([Place::at(PORT), Place::at(0)])
        .collect();
    let started = |nth: usize, port: u16| {
        let (url, about) = match &own {
            Some((url, _)) if nth == 0 => (
                url.to_string(),
                "This is the app's webhook URL. Events sent to it arrive here.".to_owned(),
            ),
            Some((_, own)) => (
                format!("http://127.0.0.1:{port}/"),
                format!(
                    "Port {own} of the webhook URL is in use. Send events to this URL. Each is answered with 200."
                ),
            ),
            None => (
                format!("http://127.0.0.1:{port}/"),
                "Send events to this URL. Each is answered with 200.".to_owned(),
            ),
        };
        trial.say(Step::ok("Listening for 15 minutes", about));
        trial.show(&url);
    };
    let mut on_request = |asked: http::Inbound| {
        let presented = asked
            .headers
            .get(SIGNATURE_HEADER)
            .and_then(|value| value.to_str().ok());
        let fit = verify(&asked.body, presented, shared);
        let what = format!(
            "{} {}, {} bytes",
            asked.method,
            asked.uri.path().chars().take(PATH_MAX).collect::<String>(),
            asked.body.len()
        );
        trial.say(if fit.is_right() {
            Step::ok(what, fit.about())
        } else {
            Step::failed(what, fit.about())
        });
        true
    };
    http::listen(
        &places,
        LISTENS,
        &|| trial.is_wanted(),
        &started,
        &mut on_request,
    )
}

pub(in crate::runtime) fn listen(trial: &Trial, app: &App, shared: &Secret) {
    if let Err(problem) = receive(trial, app, shared) {
        trial.say(Step::failed("Listen", problem));
    }
}
