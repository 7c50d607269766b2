//! Somebody new: name, e-mail and role. The console makes the first password.

use ratatui::Frame;

use crate::{
    console::{Console, Screen},
    domain::{
        people::{
            developer::{NAME_MAX, Role},
            email::EmailAddress,
        },
        text,
    },
    form::{
        ChoiceOption, Control, Entry, Field, FieldError, FieldId, FormEvent, FormState, Report,
        TextEdit, state::Table,
    },
    keymap::{Action, Context},
    message::{Effect, TeamDeed, TeamWork},
    ui::{form, form_page, layout::Areas, theme::Theme},
};

pub const FULL_NAME: FieldId = FieldId("add_developer.full_name");
pub const EMAIL: FieldId = FieldId("add_developer.email");
pub const ROLE: FieldId = FieldId("add_developer.role");

const EMAIL_MAX: usize = 254;

#[derive(Debug, Default)]
pub struct AddForm {
    pub full_name: Entry,
    pub email: Entry,
    pub role: Option<Role>,
}

pub static FIELDS: &[Field<AddForm, ()>] = &[
    Field {
        id: FULL_NAME,
        label: "Full name",
        help: "How your organization knows them.",
        required: |_| true,
        shown: |_| true,
        control: Control::Text {
            get: |form| &form.full_name,
            get_mut: |form| &mut form.full_name,
            max: NAME_MAX,
            lines: 1,
            newlines: false,
            example: "",
        },
    },
    Field {
        id: EMAIL,
        label: "E-mail",
        help: "They sign in with it. Nothing is sent: you hand the first password over yourself.",
        required: |_| true,
        shown: |_| true,
        control: Control::Text {
            get: |form| &form.email,
            get_mut: |form| &mut form.email,
            max: EMAIL_MAX,
            lines: 1,
            newlines: false,
            example: "grace@example.com",
        },
    },
    Field {
        id: ROLE,
        label: "Role",
        help: "It can be changed at any time. ^S adds them.",
        required: |_| true,
        shown: |_| true,
        control: Control::Choice {
            options: &[
                ChoiceOption {
                    label: "Developer Admin",
                    help: "Everything: all apps, the people, approvals.",
                },
                ChoiceOption {
                    label: "Developer",
                    help: "Creates apps, and manages those of their own.",
                },
                ChoiceOption {
                    label: "Audit-user",
                    help: "Sees all settings and no secrets, changes nothing.",
                },
            ],
            chosen: |form| {
                let chosen = form.role?;
                Role::ALL.iter().position(|one| *one == chosen)
            },
            choose: |form, nth| form.role = Role::ALL.get(nth).copied(),
        },
    },
];

#[derive(Debug)]
pub struct AddDeveloper {
    pub data: AddForm,
    pub form: FormState,
    pub tried: bool,
}

impl Default for AddDeveloper {
    fn default() -> Self {
        Self {
            data: AddForm {
                role: Some(Role::Developer),
                ..AddForm::default()
            },
            form: FormState::at(FULL_NAME.into()),
            tried: false,
        }
    }
}

impl AddDeveloper {
    pub fn context(&self) -> Vec<Context> {
        let field = if self.form.focus.field == ROLE {
            Context::Choice
        } else {
            Context::Text
        };
        vec![field, Context::Form, Context::Anywhere]
    }

    fn check(&self, report: &mut Report) -> Option<TeamDeed> {
        let name = self.data.full_name.text().trim();
        if name.is_empty() {
            report.error(FULL_NAME, "Type the name.");
        } else if text::char_count(name) > NAME_MAX {
            report.error(
                FULL_NAME,
                format!("Shorten the name to {NAME_MAX} characters."),
            );
        }
        let email = report.take(
            EMAIL,
            EmailAddress::parse(self.data.email.text()).map_err(|error| error.to_string()),
        );
        if self.data.role.is_none() {
            report.error(ROLE, "Choose a role.");
        }
        Some(TeamDeed::Add {
            full_name: text::normal(name).into_owned(),
            email: email?,
            role: self.data.role?,
        })
    }

    pub fn findings(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        self.check(&mut report);
        report.into_findings()
    }

    pub(crate) fn table(&mut self) -> (&mut FormState, Table<'_, AddForm, ()>) {
        (&mut self.form, Table::plain(FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        form.paste(&mut table, pasted).1
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::AddDeveloper(screen) = &mut console.screen else {
        return;
    };
    match action {
        Action::Submit => return submit(console, effects),
        Action::Back => return super::update::open(console, effects),
        _ => {}
    }
    let (form, mut table) = screen.table();
    match form.act(&mut table, action) {
        FormEvent::PastEnd if action == Action::Confirm => submit(console, effects),
        FormEvent::PastEnd if action == Action::NextField => screen.form.focus = FULL_NAME.into(),
        FormEvent::BeforeStart if action == Action::PrevField => screen.form.focus = ROLE.into(),
        _ => {}
    }
}

fn submit(console: &mut Console, effects: &mut Vec<Effect>) {
    let Screen::AddDeveloper(screen) = &mut console.screen else {
        return;
    };
    let mut report = Report::default();
    match screen.check(&mut report) {
        Some(deed) if !report.has_errors() => {
            effects.push(Effect::Team(TeamWork::Do(deed)));
            console.wait_for("Making keys for them");
        }
        _ => {
            screen.tried = true;
            if let Some(slot) = report.first_error() {
                screen.form.focus = slot;
            }
        }
    }
}

pub fn draw(
    console: &Console,
    screen: &AddDeveloper,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let findings = screen.findings();
    form_page::draw(
        frame,
        areas,
        "Add a developer",
        "the console makes their first password",
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &(),
            form: &screen.form,
            findings: &findings,
            is_told: &|finding| screen.tried || screen.form.touched.contains(&finding.slot),
            about: Vec::new(),
            extra: &|_| Vec::new(),
            active: !console.is_covered(),
        },
    );
}
