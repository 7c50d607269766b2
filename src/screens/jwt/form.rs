//! The form of a JWT credential. Facts: the platform's form "Create JWT".

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    console::{Console, Screen},
    domain::{
        credential::ClientId,
        id::DeveloperId,
        jwt::{APPS_MAX, AuthorizedApps, DateStep, LABEL_MAX, NewJwt, parse_expiry, stepped},
        text,
        time::UnixMs,
    },
    form::{
        ChoiceOption, Control, Entry, Field, FieldError, FieldId, FormEvent, FormState, Report,
        Rows, Severity, Slot, TextEdit,
        state::{Table, field_of, slots},
    },
    keymap::{Action, Context},
    message::{Effect, JwtWork},
    ui::{
        chrome, form,
        layout::{self, Areas},
        theme::Theme,
    },
};

pub const LABEL: FieldId = FieldId("jwt.label");
pub const APPS: FieldId = FieldId("jwt.apps");
pub const CLIENT_IDS: FieldId = FieldId("jwt.client_ids");
pub const EXPIRES: FieldId = FieldId("jwt.expires");

/// In characters; longer than any Client ID.
const CLIENT_ID_MAX: usize = 100;
const EXPIRY_MAX: usize = 20;

#[derive(Debug)]
pub struct JwtForm {
    pub label: Entry,
    pub is_specific: bool,
    pub client_ids: Rows,
    pub expires: Entry,
}

pub static FIELDS: &[Field<JwtForm, ()>] = &[
    Field {
        id: LABEL,
        label: "Label",
        help: "What it is for, so that you know which one to revoke.",
        required: |_| true,
        shown: |_| true,
        control: Control::Text {
            get: |form| &form.label,
            get_mut: |form| &mut form.label,
            max: LABEL_MAX,
            lines: 1,
            newlines: false,
            example: "Night export, server 3",
        },
    },
    Field {
        id: APPS,
        label: "What apps are permitted to use this credential?",
        help: "It can be changed later; the token stays the same. An app needs its own Client ID and Client Secret as well.",
        required: |_| true,
        shown: |_| true,
        control: Control::Choice {
            options: &[
                ChoiceOption {
                    label: "All apps of the organization",
                    help: "",
                },
                ChoiceOption {
                    label: "Only specific apps",
                    help: "also those of other organizations",
                },
            ],
            chosen: |form| Some(usize::from(form.is_specific)),
            choose: |form, nth| form.is_specific = nth == 1,
        },
    },
    Field {
        id: CLIENT_IDS,
        label: "Client IDs",
        help: "One app a row; a paste of several lines becomes several rows. Apps that were marked in the list are here already.",
        required: |_| true,
        shown: |form| form.is_specific,
        control: Control::Rows {
            get: |form| &form.client_ids,
            get_mut: |form| &mut form.client_ids,
            max_rows: APPS_MAX,
            max: CLIENT_ID_MAX,
            row_label: |_| String::new(),
            example: "",
        },
    },
    Field {
        id: EXPIRES,
        label: "Expiration Date (UTC)",
        help: "A date such as 2027-03-01, or 90d, 12w, 6m, 1y from today. Down and Up go by a day, PgDn and PgUp by a month. Empty: it never ends.",
        required: |_| false,
        shown: |_| true,
        control: Control::Text {
            get: |form| &form.expires,
            get_mut: |form| &mut form.expires,
            max: EXPIRY_MAX,
            lines: 1,
            newlines: false,
            example: "90d",
        },
    },
];

#[derive(Debug)]
pub struct NewJwtScreen {
    pub data: JwtForm,
    pub form: FormState,
    pub tried: bool,
    pub owner: DeveloperId,
    /// Told when it is somebody else's.
    pub owner_name: Option<String>,
}

impl NewJwtScreen {
    /// `apps`: those that are chosen already.
    pub fn new<'a>(
        owner: DeveloperId,
        owner_name: Option<String>,
        apps: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let client_ids = Rows::of(apps);
        let is_specific = client_ids.filled().next().is_some();
        Self {
            data: JwtForm {
                label: Entry::default(),
                is_specific,
                client_ids: if is_specific { client_ids } else { Rows::one() },
                expires: Entry::default(),
            },
            form: FormState::at(LABEL.into()),
            tried: false,
            owner,
            owner_name,
        }
    }

    pub fn context(&self) -> Vec<Context> {
        let field = match self.form.focus.field {
            APPS => Context::Choice,
            CLIENT_IDS => Context::Rows,
            EXPIRES => {
                return vec![
                    Context::Date,
                    Context::Text,
                    Context::Form,
                    Context::Anywhere,
                ];
            }
            _ => Context::Text,
        };
        vec![field, Context::Form, Context::Anywhere]
    }

    fn check(&self, now: UnixMs, report: &mut Report) -> Option<NewJwt> {
        let label = self.data.label.text().trim();
        if label.is_empty() {
            report.error(LABEL, "Type a label.");
        } else if text::char_count(label) > LABEL_MAX {
            report.error(LABEL, format!("Shorten it to {LABEL_MAX} characters."));
        }
        let apps = if self.data.is_specific {
            AuthorizedApps::Specific(self.client_ids(report)?)
        } else {
            AuthorizedApps::Organization
        };
        let expires_at = report.take(EXPIRES, parse_expiry(self.data.expires.text(), now));
        Some(NewJwt {
            label: label.to_owned(),
            apps,
            expires_at: expires_at?,
        })
    }

    fn client_ids(&self, report: &mut Report) -> Option<Vec<ClientId>> {
        let mut ids: Vec<ClientId> = Vec::new();
        for row in self.data.client_ids.filled() {
            let typed = row.entry.text().trim();
            let id = ClientId::from_stored(typed);
            let slot = Slot::from((CLIENT_IDS, row.key));
            if typed.contains(char::is_whitespace) {
                report.error(slot, "A Client ID has no spaces.");
            } else if ids.contains(&id) {
                report.error(slot, "This app is here already.");
            } else {
                ids.push(id);
            }
        }
        if ids.is_empty() {
            let first = self.data.client_ids.iter().next();
            let slot = first.map_or(CLIENT_IDS.into(), |row| Slot::from((CLIENT_IDS, row.key)));
            report.error(slot, "Name at least one app by its Client ID.");
            return None;
        }
        Some(ids)
    }

    pub fn findings(&self, now: UnixMs) -> Vec<FieldError> {
        let mut report = Report::default();
        self.check(now, &mut report);
        report.into_findings()
    }

    pub(crate) fn table(&mut self) -> (&mut FormState, Table<'_, JwtForm, ()>) {
        (&mut self.form, Table::plain(FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        form.paste(&mut table, pasted).1
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::NewJwt(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit(console, effects),
        Action::Back => return super::update::open(console, effects),
        _ => {}
    }
    if screen.form.focus.field == EXPIRES && step_date(screen, action, console.clock.unix) {
        return;
    }
    let all = slots(FIELDS, &screen.data);
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::PastEnd if action == Action::Confirm => submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => screen.form.focus = LABEL.into(),
        FormEvent::BeforeStart if action == Action::PrevField => {
            if let Some(last) = all.last() {
                screen.form.focus = *last;
            }
        }
        _ => {}
    }
}

/// Whether the key stepped through the calendar. Up leaves the field where there is no day before.
fn step_date(screen: &mut NewJwtScreen, action: Action, now: UnixMs) -> bool {
    let step = match action {
        Action::Down => DateStep::Days(1),
        Action::Up => DateStep::Days(-1),
        Action::PageDown => DateStep::Months(1),
        Action::PageUp => DateStep::Months(-1),
        _ => return false,
    };
    let typed = screen.data.expires.text();
    if action == Action::Up && typed.trim().is_empty() {
        return false;
    }
    match stepped(typed, step, now) {
        Some(date) => {
            screen.data.expires = Entry::new(&date);
            true
        }
        // There is no field below.
        None => action != Action::Up,
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let now = console.clock.unix;
    let Screen::NewJwt(screen) = &mut console.screen else {
        return;
    };
    let mut report = Report::default();
    match screen.check(now, &mut report) {
        Some(new) if !report.has_errors() => {
            effects.push(Effect::Jwt(JwtWork::Create {
                owner: screen.owner.clone(),
                new: Box::new(new),
            }));
            console.wait_for("Signing it");
        }
        _ => {
            screen.tried = true;
            let mut findings = report.into_findings().into_iter();
            if let Some(first) = findings.find(|finding| finding.severity == Severity::Error) {
                screen.form.focus = first.slot;
            }
        }
    }
}

pub fn draw(
    console: &Console,
    screen: &NewJwtScreen,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let whose = screen.owner_name.as_ref().map_or_else(
        || "it acts with your permissions".to_owned(),
        |name| format!("for {}", text::displayable(name)),
    );
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Create JWT", theme.strong),
        Line::styled(whose, theme.dim),
    );
    let (fields, help) = layout::form(areas.body);
    let now = console.clock.unix;
    let findings = screen.findings(now);
    let ends = parse_expiry(screen.data.expires.text(), now).ok().flatten();
    let extra = |field| match (field == EXPIRES, ends) {
        (true, Some(at)) => vec![Line::from(vec![
            Span::raw("  "),
            Span::styled(format!("ends {}", at.date_time()), theme.dim),
        ])],
        _ => Vec::new(),
    };
    form::draw(
        frame,
        fields,
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &(),
            form: &screen.form,
            findings: &findings,
            is_told: &|finding| screen.tried || screen.form.touched.contains(&finding.slot),
            about: Vec::new(),
            extra: &extra,
            active: !console.is_covered(),
        },
    );
    if let Some(field) = field_of(FIELDS, screen.form.focus.field) {
        form::help(frame, help, theme, field.help);
    }
}
