//! Notices after signing in: decided requests, waiting requests, expiring JWT credentials.

use crate::{
    desk::Cx,
    domain::{oauth::jwt::JwtCredential, people::ticket::number_waiting},
};

/// A filter that is still on from the last sign-in hides apps.
pub(super) fn announce_filter(filter: &str, cx: &mut Cx<'_>) {
    if !filter.trim().is_empty() {
        cx.notify(format!(
            "Filtered as you left it: {}. Esc shows all apps and drafts.",
            filter.trim()
        ));
    }
}

/// Reports the decisions since the last sign-in, and the requests that wait for one.
pub(super) fn report_decisions(cx: &mut Cx<'_>) {
    let Some(session) = cx.session() else {
        return;
    };
    if let Some(warning) = session.warning.clone() {
        return cx.warn(warning);
    }
    let waiting = match session.waiting {
        0 => String::new(),
        1 => " 1 request waiting for your decision: a shows it.".to_owned(),
        count => format!(
            " {} requests waiting for your decision: a shows them.",
            number_waiting(count)
        ),
    };
    let decided = match session.decided.as_slice() {
        [] => String::new(),
        [one] => format!(
            "{} for \"{}\" was {}.",
            one.ticket.scope.scope().label,
            one.app_name,
            one.ticket.state.as_str()
        ),
        many => format!(
            "{} of your requests were decided, e.g. {} for \"{}\".",
            many.len(),
            many.last().map_or("", |one| one.ticket.scope.scope().label),
            many.last().map_or("", |one| one.app_name.as_str()),
        ),
    };
    let message = format!("{decided}{waiting}");
    if !message.is_empty() {
        add(message.trim(), cx);
    }
}

/// Reports the developer's JWT credential that expires next, if that is soon.
pub(super) fn remind(cx: &mut Cx<'_>, all: &[JwtCredential]) {
    let now = cx.clock.unix;
    let Some(session) = cx.session() else {
        return;
    };
    let mine = all.iter().filter(|one| one.owner == session.developer.id);
    let next = mine
        .filter_map(|one| Some((one.expires_at?, one, one.reminder(now)?)))
        .min_by_key(|(at, ..)| *at);
    if let Some((_, one, reminder)) = next {
        let message = format!("JWT credential \"{}\" {reminder}. J shows it.", one.label);
        add(&message, cx);
    }
}

/// Adds to an earlier notice.
fn add(message: &str, cx: &mut Cx<'_>) {
    let before = cx.notice.take().map(|notice| notice.text);
    cx.notify(before.map_or_else(
        || message.to_owned(),
        |before| format!("{before} {message}"),
    ));
}
