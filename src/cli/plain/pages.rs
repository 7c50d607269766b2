//! The text of each page that is not a form: what it is called, what is said when it opens, and its
//! rows.

use super::Plain;
use crate::{
    console::Screen,
    domain::{
        history::{Change, Entry},
        oauth::{
            diagnosis::Diagnosis,
            exchange::Exchange,
            explain::Explained,
            fault::Armed,
            jwt::{AuthorizedApps, JwtCredential},
            setup::RateLimits,
        },
        people::{
            developer::{Member, Session},
            ticket::{Request, number_waiting},
        },
        progress::grouped,
        text,
        time::UnixMs,
    },
    form::TextEdit as _,
    screens::{
        app,
        approvals::view::called,
        create_app::CreateApp,
        history::HistoryPage,
        jwt::JwtPage,
        local_server::{LocalServerPage, Pane},
        organization::Organization,
    },
};

/// The text of a page.
#[derive(Debug, Default)]
pub(super) struct PageText {
    pub name: String,
    pub about: Vec<String>,
    /// The list of apps has none here: it holds a window of them.
    pub rows: Vec<String>,
    /// The rest of each row.
    pub details: Vec<Vec<String>>,
}

impl PageText {
    fn of(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    fn say(mut self, line: impl Into<String>) -> Self {
        self.about.push(line.into());
        self
    }

    fn rows(mut self, rows: impl IntoIterator<Item = String>) -> Self {
        self.rows.extend(rows);
        self
    }
}

impl Plain<'_> {
    pub(super) fn page_text(&self) -> PageText {
        let desk = &self.console.desk;
        let session = desk.session();
        match self.console.screen() {
            Screen::Apps(_) => self.list_text(),
            Screen::App(page) => {
                let mut text = PageText::of(&page.app.spec.properties.name)
                    .rows(app::view::credential_lines(page));
                text.about = app::view::spoken(page, session);
                text
            }
            Screen::History(page) => history(page, session),
            Screen::Organization(page) => people(page, session),
            Screen::Readable(page) => {
                let (about, rows) = page.as_lines();
                let mut text = PageText::of("Secrets").rows(rows);
                text.about = about;
                text
            }
            Screen::Sessions(page) => {
                let (about, rows) = page.as_lines(session);
                let mut text = PageText::of("Sessions").rows(rows);
                text.details = page.details(session);
                text.about = about;
                text
            }
            Screen::Approvals(page) => {
                let requests = page.requests.as_deref().unwrap_or_default();
                let counted = session.map_or(0, |session| session.waiting);
                let waiting = counted.max(requests.len() as u64);
                let heading = format!("Approvals: {} waiting.", number_waiting(waiting));
                let mut text = PageText::of("Approvals").say(heading);
                text.details = requests.iter().map(|one| vec![called(one)]).collect();
                text.rows(requests.iter().map(approval))
            }
            Screen::Jwt(page) => jwts(page, session, desk.clock.unix),
            Screen::LocalServer(page) => self.server_text(page),
            Screen::Import(page) => {
                let (about, rows) = page.as_lines();
                let mut text = PageText::of("Import").rows(rows);
                text.about = vec![about];
                text
            }
            Screen::Trial(page) => PageText::of(page.kind.title()),
            Screen::CreateApp(form) => conflict(form),
            _ => PageText::of("devconsole"),
        }
    }

    fn list_text(&self) -> PageText {
        let Some(apps) = self.console.apps() else {
            return PageText::of("Apps");
        };
        let (total, matched) = (apps.window.total, apps.window.matched);
        let drafts = match apps.draft_count() {
            0 => String::new(),
            1 => ", 1 draft".to_owned(),
            count => format!(", {count} drafts"),
        };
        let words = apps.filter.text().trim();
        let heading = match (words, matched) {
            ("", _) if apps.is_empty() && apps.window.in_trash > 0 => format!(
                "No apps. In the trash: {}. trash lists them, new creates an app.",
                grouped(apps.window.in_trash)
            ),
            ("", _) if apps.is_empty() => "No apps yet. new creates one.".to_owned(),
            ("", _) => format!("Apps: {}{drafts}.", grouped(total)),
            (words, 0) => format!("No app matches \"{words}\"{drafts}. filter alone shows all."),
            // The trash is not counted.
            (words, _) if total < matched => {
                format!(
                    "Apps: {} match \"{words}\"{drafts}. filter alone shows all.",
                    grouped(matched)
                )
            }
            (words, _) => format!(
                "Apps: {} of {} match \"{words}\"{drafts}. filter alone shows all.",
                grouped(matched),
                grouped(total)
            ),
        };
        let mut text = PageText::of("Apps").say(heading);
        if !apps.marks.is_empty() {
            text = text.say(format!("Marked: {}.", apps.marks.len()));
        }
        if let Some(why) = self.console.desk.why_no_new_app() {
            text = text.say(why);
        }
        text
    }

    fn server_text(&self, page: &LocalServerPage) -> PageText {
        let server = &self.console.desk.local_server;
        match &page.pane {
            Pane::Log => {
                let profile = server.setup.profile.label();
                let state = match server.url() {
                    Some(url) => format!("Local server: running at {url}, profile {profile}."),
                    None => format!(
                        "Local server: stopped, port {}, profile {profile}. start starts it.",
                        server.setup.port
                    ),
                };
                let mut text = PageText::of("Local server").say(state);
                match server.setup.limits {
                    RateLimits::Off => {}
                    RateLimits::Logins => {
                        text = text.say("Limit: 5 logins a minute for each app.");
                    }
                    RateLimits::All => {
                        text = text.say("Limit: logins and calls, as RingCentral does.");
                    }
                }
                if server.armed() > 0 {
                    text = text.say(format!("Faults that are on: {}.", server.armed()));
                }
                if server.log.is_empty() {
                    text = text.say("No requests yet.");
                }
                text.rows(server.log.iter().map(exchange_row))
            }
            Pane::Exchange { .. } => {
                let mut text = PageText::of("Request");
                match page.exchange(server) {
                    Some(one) => text.about = exchange(one),
                    None => text = text.say("It is no longer in the log."),
                }
                text
            }
            Pane::Faults { .. } => PageText::of("Faults")
                .say("A fault that is on once happens to the next request that it can happen to.")
                .rows(server.faults.iter().map(|(fault, armed)| {
                    let state = match armed {
                        Armed::Off => "off",
                        Armed::Once => "on once",
                        Armed::Always => "always on",
                    };
                    format!("{}, {state}: {}", fault.label(), fault.about())
                })),
            Pane::Explained { what, .. } => {
                let mut text = PageText::of("Explain");
                text.about = explanation(what);
                text
            }
        }
    }
}

fn history_row(entry: &Entry, session: Option<&Session>) -> String {
    let who = session.map_or_else(String::new, |session| session.author(&entry.who));
    format!(
        "{}: {}, by {who}, {}",
        text::displayable(&entry.subject),
        entry.what.label(),
        entry.at.date_time()
    )
}

fn changes(entry: &Entry) -> Vec<String> {
    if entry.changes.is_empty() {
        return vec!["No settings changed.".to_owned()];
    }
    let shown = |value: &str| match value {
        "" => "empty".to_owned(),
        value => text::displayable(value).into_owned(),
    };
    let line = |change: &Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!(
            "{}: was {}, now {}",
            change.field,
            shown(before),
            shown(after)
        ),
        _ => change.told(entry.what),
    };
    entry.changes.iter().map(line).collect()
}

fn history(page: &HistoryPage, session: Option<&Session>) -> PageText {
    let words = page.filter.text().trim();
    let (matched, total) = (page.window.matched, grouped(page.window.total));
    let heading = if words.is_empty() {
        format!("History: {total}.")
    } else {
        let matched = grouped(matched);
        format!("History: {matched} of {total} match \"{words}\". filter alone shows all.")
    };
    let entries = &page.window.entries;
    let shown = entries.len() as u64;
    let mut text = PageText::of("History").say(heading);
    if matched > shown {
        let shown = grouped(shown);
        text = text.say(format!("The newest {shown}; a filter finds older ones."));
    }
    text.details = entries.iter().map(changes).collect();
    text.rows(entries.iter().map(|entry| history_row(entry, session)))
}

fn jwts(page: &JwtPage, session: Option<&Session>, now: UnixMs) -> PageText {
    let all = page.all.as_deref().unwrap_or_default();
    let heading = match all.len() {
        0 => "No JWT credentials. A JWT credential belongs to you, not to an app: an app presents it together with its own Client ID and Client Secret, and gets an access token in your name. new creates one.".to_owned(),
        count => format!("JWT credentials: {count}."),
    };
    let mut text = PageText::of("JWT credentials").say(heading);
    text.details = all.iter().map(jwt_details).collect();
    text.rows(all.iter().map(|one| jwt_row(one, session, now)))
}

fn people(page: &Organization, session: Option<&Session>) -> PageText {
    if let Some(handed) = &page.handed {
        let password = handed.password.expose();
        return PageText::of("First password")
            .say(format!(
                "Hand this first password to {}. It is shown once; they choose their own at their first sign-in.",
                handed.name
            ))
            .say(password)
            .say(format!("Spelled: {}", super::spoken::spelled(password)))
            .say("copy copies it, done hides it.");
    }
    let name = page.team.as_ref().map_or("", |team| &team.organization);
    let rows = page.rows();
    let mut text = PageText::of("People").say(format!("People of {name}: {}.", rows.len()));
    let line = |(label, value): (&str, String)| format!("{label}: {value}");
    let details = rows.iter().map(|member| page.facts(member, session));
    text.details = details
        .map(|facts| facts.into_iter().map(line).collect())
        .collect();
    text.rows(rows.into_iter().map(member_row))
}

fn member_row(member: &Member) -> String {
    let one = &member.developer;
    let state = if one.is_active() && member.must_change_password {
        "has a first password"
    } else {
        one.state.label()
    };
    format!(
        "{}, {}, {}, {state}",
        one.full_name,
        one.email.as_str(),
        one.role.label()
    )
}

fn approval(request: &Request) -> String {
    format!(
        "{} for {}, requested by {} on {}: {}",
        request.ticket.scope.scope().label,
        request.app_name,
        request.asked_by,
        request.ticket.created_at.date(),
        text::displayable(&request.ticket.justification)
    )
}

fn jwt_row(
    one: &JwtCredential,
    session: Option<&Session>,
    now: crate::domain::time::UnixMs,
) -> String {
    let ends = match one.expires_at {
        None => "never expires".to_owned(),
        Some(at) if one.has_expired(now) => format!("expired on {}", at.date()),
        Some(at) => format!("expires on {}", at.date()),
    };
    let owner = session
        .filter(|session| session.developer.id != one.owner)
        .map_or_else(String::new, |session| {
            format!(", of {}", session.name_of(&one.owner))
        });
    format!("{}{owner}, {}, {ends}", one.label, one.apps.describe())
}

fn jwt_details(one: &JwtCredential) -> Vec<String> {
    let mut lines = Vec::new();
    if let AuthorizedApps::Specific(apps) = &one.apps {
        for app in apps {
            let name = one
                .names
                .get(app)
                .map_or("of another organization", String::as_str);
            lines.push(format!("App: {name}, Client ID {}", app.as_str()));
        }
    }
    lines.push(format!("Created: {}", one.created_at.date_time()));
    let used = one
        .last_used_at
        .map_or_else(|| "never".to_owned(), |at| at.date_time());
    lines.push(format!("Last used: {used}"));
    lines
}

fn exchange_row(one: &Exchange) -> String {
    let app = one.app.as_ref().map_or("unknown app", |(_, name)| name);
    format!(
        "{}, {app}: {}, {} {}",
        one.at.time(),
        one.what,
        one.status,
        one.result
    )
}

fn exchange(one: &Exchange) -> Vec<String> {
    let mut lines = vec![exchange_row(one)];
    if let Some(why) = &one.diagnosis {
        lines.extend(diagnosis(why));
    }
    for (name, body) in [("Request:", &one.request), ("Response:", &one.response)] {
        lines.push(name.to_owned());
        lines.extend(body.lines().map(str::to_owned));
    }
    lines
}

/// The cause, what to do, and the setting that `fix` goes to.
pub(super) fn diagnosis(why: &Diagnosis) -> Vec<String> {
    let row = why.row();
    let mut lines = vec![format!("Cause: {}", row.what)];
    lines.extend(why.detail.clone());
    lines.push(format!("Fix: {}", row.remedy));
    if let Some(setting) = row.setting {
        lines.push(format!("fix goes to {}.", setting.label()));
    }
    lines
}

fn explanation(explained: &Explained) -> Vec<String> {
    match explained {
        Explained::Fine(message) => vec![message.clone()],
        Explained::Unknown => vec![
            "No error code, HTTP status, OAuth error or token response was found.".to_owned(),
            "Paste the whole response body, or the URL that the browser returned to. explain takes another one.".to_owned(),
        ],
        Explained::Causes(all) => {
            let mut lines = Vec::new();
            if all.len() > 1 {
                lines.push(format!("{} possible causes, the likeliest first.", all.len()));
            }
            for why in all {
                let row = why.row();
                lines.push(format!("Cause: {}", row.what));
                lines.extend(why.detail.clone());
                lines.push(format!("Fix: {}", row.remedy));
                if let Some(setting) = row.setting {
                    lines.push(format!("Setting: {}.", setting.label()));
                }
            }
            lines
        }
    }
}

/// Two versions of an app, while one must be chosen for each field.
fn conflict(form: &CreateApp) -> PageText {
    let clashes = form
        .conflict()
        .map_or(&[][..], |conflict| &conflict.clashes);
    PageText::of("Two versions")
        .say("Both changed these. switch N takes the other version, save continues.")
        .rows(clashes.iter().map(|clash| {
            let difference = &clash.difference;
            let kept = if clash.takes_theirs {
                "theirs"
            } else {
                "yours"
            };
            format!(
                "{}: yours {}, theirs {}. Keeps {kept}.",
                difference.label,
                difference.before.join("; "),
                difference.after.join("; ")
            )
        }))
}
