//! The form of a JWT credential; for an existing one, only its apps. Facts: RingCentral's form
//! "Create JWT".

use std::borrow::Cow;

use ratatui::text::{Line, Span};

use super::apps::{self, KnownApps};
use crate::{
    desk::Cx,
    domain::{
        id::{DeveloperId, JwtId},
        oauth::{
            credential::ClientId,
            jwt::{
                APPS_MAX, AuthorizedApps, DateStep, FoundApps, LABEL_MAX, NewJwt, parse_expiry,
                stepped,
            },
        },
        text,
        time::{Clock, UnixMs},
    },
    form::{Choice, ChoiceOption, Control, Entry, Field, FieldId, Report, TextEdit as _},
    keymap::{Action, Can, Mode},
    request::{CreateJwt, Reply, Request, SetJwtApps},
    screens::{
        form_page::{Form, FormPage},
        page::{JwtFormOf, Look, Next, Page as _, Place},
    },
};

pub const LABEL: FieldId = FieldId("jwt.label");
pub const APPS: FieldId = FieldId("jwt.apps");
pub const SPECIFIC: FieldId = FieldId("jwt.specific");
pub const EXPIRES: FieldId = FieldId("jwt.expires");

const EXPIRY_MAX: usize = 20;

#[derive(Debug)]
pub struct JwtData {
    /// Only the apps of an existing credential can be changed.
    pub is_new: bool,
    pub label: Entry,
    pub is_specific: bool,
    /// Kept while "all apps" is chosen, so that nothing is lost by switching back and forth.
    pub apps: Vec<ClientId>,
    pub expires: Entry,
}

type JwtField = Field<JwtData, KnownApps>;

pub static FIELDS: &[JwtField] = &[
    JwtField::text(LABEL, "Label", |f| &f.label, |f| &mut f.label)
        .help(
            "What it is for. It acts as its owner, and stops working if that account is disabled: \
             for a server, use a service user.",
        )
        .max(LABEL_MAX)
        .example("Night export, server 3")
        .required()
        .shown_if(|form| form.is_new),
    JwtField::choice(
        APPS,
        "What apps are permitted to use this credential?",
        &Choice {
            options: &[
                ChoiceOption::new(
                    false,
                    "All apps created by developers within my organization",
                    "",
                ),
                ChoiceOption::new(
                    true,
                    "Only specific apps of my choice",
                    "The only safe way to share a JWT. Also for apps of other organizations.",
                ),
            ],
            get: |form| Some(form.is_specific),
            set: |form, is_specific| form.is_specific = is_specific,
        },
    )
    .help(
        "A JWT is like a password: choose all apps for use inside your company only. You can \
         change the apps later; the JWT stays the same.",
    )
    .required(),
    JwtField::new(
        SPECIFIC,
        "Apps",
        Control::Pick {
            many: true,
            options: apps::options,
            chosen: apps::chosen,
            toggle: apps::toggle,
            note: |_| String::new(),
        },
    )
    .help(
        "Apps that use the JWT auth flow, by name or Client ID; those of other organizations by \
         Client ID. Each also needs its own Client Secret.",
    )
    .required()
    .shown_if(|form| form.is_specific),
    JwtField::text(
        EXPIRES,
        "Expiration Date (UTC)",
        |f| &f.expires,
        |f| &mut f.expires,
    )
    .help("A date (2027-03-01) or 90d, 12w, 6m, 1y from today. Empty: never expires.")
    .keys("Down and Up change the day, PgDn and PgUp the month.")
    .max(EXPIRY_MAX)
    .example("90d")
    .shown_if(|form| form.is_new),
];

/// The purpose of the form.
#[derive(Debug)]
enum Purpose {
    Create {
        owner: DeveloperId,
        /// Shown if the credential belongs to another developer.
        owner_name: Option<String>,
    },
    SetApps {
        jwt: JwtId,
        label: String,
    },
}

#[derive(Debug)]
pub struct JwtForm {
    known: KnownApps,
    purpose: Purpose,
    /// A key that waits for the result of the search.
    awaiting: Option<Action>,
    /// The chosen apps that the form started with.
    apps: Option<Vec<ClientId>>,
}

impl JwtForm {
    pub fn page(of: JwtFormOf, me: &DeveloperId) -> FormPage<Self> {
        let (purpose, apps) = match of {
            JwtFormOf::Mine(apps) => {
                let purpose = Purpose::Create {
                    owner: me.clone(),
                    owner_name: None,
                };
                (purpose, Some(apps).filter(|apps| !apps.is_empty()))
            }
            JwtFormOf::Of { owner, name } => {
                let owner_name = Some(name);
                (Purpose::Create { owner, owner_name }, None)
            }
            JwtFormOf::Apps { jwt, label, apps } => (Purpose::SetApps { jwt, label }, apps),
        };
        let is_new = matches!(purpose, Purpose::Create { .. });
        let data = JwtData {
            is_new,
            label: Entry::default(),
            is_specific: apps.is_some(),
            apps: apps.clone().unwrap_or_default(),
            expires: Entry::default(),
        };
        let kind = Self {
            known: KnownApps::default(),
            purpose,
            awaiting: None,
            apps,
        };
        FormPage::at(kind, data, if is_new { LABEL } else { APPS })
    }

    /// A key that takes an entry of the list must wait while the list still shows an earlier
    /// search.
    fn must_await(page: &FormPage<Self>, action: Action) -> bool {
        let Some(picker) = &page.form.picker else {
            return false;
        };
        let takes = action == Action::Confirm || (action == Action::Toggle && picker.browsing);
        let query = picker.query.text();
        takes && !query.is_empty() && !page.kind.known.is_about(query)
    }

    /// Takes the result of a search for apps. The mark stays on its app when more are listed.
    fn found(
        page: &mut FormPage<Self>,
        query: String,
        found: Option<FoundApps>,
        cx: &mut Cx<'_>,
    ) -> Next {
        let before = Self::options(page).into_iter().nth(page.mark());
        let found = found.unwrap_or_default();
        page.kind.known.learn(query, found, &page.data.apps);
        let options = Self::options(page);
        if let Some(picker) = &mut page.form.picker {
            let same = |key| options.iter().position(|option| *option == key);
            picker.at = before.and_then(same).unwrap_or_default();
        }
        match page.kind.awaiting.take() {
            Some(action) => page.act(action, cx),
            None => Next::Stay,
        }
    }

    fn options(page: &FormPage<Self>) -> Vec<String> {
        let options = page
            .form
            .picker_options(FIELDS, &page.data, &page.kind.known);
        options.into_iter().map(|option| option.key).collect()
    }
}

impl FormPage<JwtForm> {
    fn mark(&self) -> usize {
        self.form.picker.as_ref().map_or(0, |picker| picker.at)
    }

    /// Whether the key stepped through the calendar. Up leaves the field if there is no earlier
    /// day.
    fn step_date(&mut self, action: Action, now: UnixMs) -> bool {
        let step = match action {
            Action::Down => DateStep::Days(1),
            Action::Up => DateStep::Days(-1),
            Action::PageDown => DateStep::Months(1),
            Action::PageUp => DateStep::Months(-1),
            _ => return false,
        };
        let typed = self.data.expires.text();
        if action == Action::Up && typed.trim().is_empty() {
            return false;
        }
        match stepped(typed, step, now) {
            Some(date) => {
                self.data.expires = Entry::new(&date);
                true
            }
            // Down stays in the field, because there is no field below.
            None => action != Action::Up,
        }
    }
}

fn authorized_apps(data: &JwtData, report: &mut Report) -> AuthorizedApps {
    if !data.is_specific {
        return AuthorizedApps::Organization;
    }
    match data.apps.len() {
        0 => report.error(SPECIFIC, "Choose at least one app."),
        1..=APPS_MAX => {}
        many => report.error(
            SPECIFIC,
            format!(
                "A credential can have at most {APPS_MAX} apps: remove {}.",
                many - APPS_MAX
            ),
        ),
    }
    AuthorizedApps::Specific(data.apps.clone())
}

impl Form for JwtForm {
    type Data = JwtData;
    type Facts = KnownApps;

    fn fields() -> &'static [JwtField] {
        FIELDS
    }

    fn facts(&self) -> &KnownApps {
        &self.known
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        match &self.purpose {
            Purpose::Create {
                owner_name: None, ..
            } => ("Create JWT", "it acts with your permissions".into()),
            Purpose::Create {
                owner_name: Some(name),
                ..
            } => (
                "Create JWT",
                format!("for {}", text::displayable(name)).into(),
            ),
            Purpose::SetApps { label, .. } => {
                ("Apps of the JWT credential", text::displayable(label))
            }
        }
    }

    fn check(page: &FormPage<Self>, now: Clock, report: &mut Report) -> Option<Request> {
        let label = page.data.label.text().trim();
        if page.data.is_new && label.is_empty() {
            report.error(LABEL, "Enter a label.");
        } else if text::char_count(label) > LABEL_MAX {
            report.error(LABEL, format!("Shorten it to {LABEL_MAX} characters."));
        }
        let apps = authorized_apps(&page.data, report);
        let expires_at = report.take(EXPIRES, parse_expiry(page.data.expires.text(), now.unix));
        if report.has_errors() {
            return None;
        }
        Some(match &page.kind.purpose {
            Purpose::Create { owner, .. } => CreateJwt {
                owner: owner.clone(),
                new: Box::new(NewJwt {
                    label: label.to_owned(),
                    apps,
                    expires_at: expires_at?,
                }),
            }
            .into(),
            Purpose::SetApps { jwt, .. } => SetJwtApps {
                jwt: jwt.clone(),
                apps,
            }
            .into(),
        })
    }

    fn verb(&self) -> &'static str {
        match self.purpose {
            Purpose::Create { .. } => "create JWT",
            Purpose::SetApps { .. } => "save changes",
        }
    }

    fn has_typed(page: &FormPage<Self>) -> bool {
        let data = &page.data;
        let apps = data.is_specific.then_some(&data.apps);
        let is_as_before = data.label.is_blank() && data.expires.is_blank();
        !is_as_before || apps != page.kind.apps.as_ref()
    }

    fn waiting(&self) -> &'static str {
        match self.purpose {
            Purpose::Create { .. } => "Signing the JWT",
            Purpose::SetApps { .. } => "Changing the apps",
        }
    }

    fn act(page: &mut FormPage<Self>, action: Action, cx: &mut Cx<'_>) -> Option<Next> {
        if Self::must_await(page, action) {
            page.kind.awaiting = Some(action);
            cx.wait_for(page.kind.known.asked(), "Searching");
            return Some(Next::Stay);
        }
        if page.form.picker.is_some() {
            return None;
        }
        if action == Action::Back {
            return Some(Next::Back);
        }
        let in_date = page.form.focus.field == EXPIRES;
        (in_date && page.step_date(action, cx.clock.unix)).then_some(Next::Stay)
    }

    /// Requests the apps for the list over the form, or the names of chosen apps.
    fn load_choices(page: &mut FormPage<Self>, cx: &mut Cx<'_>) {
        let picker = page.form.picker.as_ref();
        let query = picker.map_or("", |picker| picker.query.text());
        page.kind.known.ask(query, &page.data.apps, cx);
    }

    fn reply(page: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::FindJwtApps(request, result) => {
                let found = cx.or_warn(result);
                Self::found(page, request.query, found, cx)
            }
            Reply::CreateJwt(_, result) => match cx.or_warn(result) {
                Some(made) => {
                    cx.notify("Created. s copies the JWT. You can copy it again at any time.");
                    Next::Instead(Place::Jwts { wanted: Some(made) })
                }
                None => Next::Stay,
            },
            Reply::SetJwtApps(request, result) => match cx.or_warn(result) {
                Some(()) => {
                    cx.notify("Apps changed. The JWT is the same.");
                    let wanted = Some(request.jwt);
                    Next::Instead(Place::Jwts { wanted })
                }
                None => Next::Stay,
            },
            _ => Next::Stay,
        }
    }

    fn mode(field: FieldId) -> Option<Mode> {
        (field == EXPIRES).then_some(Mode::Date)
    }

    /// While the list is searched, Space types a space.
    fn can(page: &FormPage<Self>, action: Action) -> Can {
        Can::of(None, !(action == Action::Toggle && page.is_searching()))
    }

    fn below(page: &FormPage<Self>, look: &Look<'_>, field: FieldId) -> Vec<Line<'static>> {
        let typed = page.data.expires.text();
        let ends = parse_expiry(typed, look.clock.unix).ok().flatten();
        match (field == EXPIRES, ends) {
            (true, Some(at)) => vec![Line::from(vec![
                Span::raw("  "),
                Span::styled(format!("expires {}", at.date_time()), look.theme.dim),
            ])],
            _ => Vec::new(),
        }
    }
}
