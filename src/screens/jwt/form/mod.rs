//! The form of a JWT credential, and of its apps alone once it exists. Facts: the platform's form
//! "Create JWT".

mod update;
mod view;

pub use self::{
    update::{act, found, paste},
    view::draw,
};
use super::apps::{self, KnownApps};
use crate::{
    domain::{
        id::{DeveloperId, JwtId},
        oauth::{
            credential::ClientId,
            jwt::{APPS_MAX, AuthorizedApps, LABEL_MAX, NewJwt, parse_expiry},
        },
        text,
        time::UnixMs,
    },
    form::{
        ChoiceOption, Control, Entry, Field, FieldError, FieldId, FormState, Report, TextEdit,
        state::Table,
    },
    keymap::{Action, Context},
    message::{Effect, JwtWork},
};

pub const LABEL: FieldId = FieldId("jwt.label");
pub const APPS: FieldId = FieldId("jwt.apps");
pub const SPECIFIC: FieldId = FieldId("jwt.specific");
pub const EXPIRES: FieldId = FieldId("jwt.expires");

const EXPIRY_MAX: usize = 20;

#[derive(Debug)]
pub struct JwtForm {
    /// Of one that exists, only the apps can be changed.
    pub is_new: bool,
    pub label: Entry,
    pub is_specific: bool,
    /// Kept while all apps are chosen, so that a look at the other answer loses nothing.
    pub apps: Vec<ClientId>,
    pub expires: Entry,
}

pub static FIELDS: &[Field<JwtForm, KnownApps>] = &[
    Field {
        id: LABEL,
        label: "Label",
        help: "What it is for, so that you know which one to revoke.",
        required: |_| true,
        shown: |form| form.is_new,
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
                    help: "also of other organizations",
                },
            ],
            chosen: |form| Some(usize::from(form.is_specific)),
            choose: |form, nth| form.is_specific = nth == 1,
        },
    },
    Field {
        id: SPECIFIC,
        label: "Apps",
        help: "Those that use the JWT auth flow, found by name or Client ID. An app of another organization: paste its Client ID.",
        required: |_| true,
        shown: |form| form.is_specific,
        control: Control::Pick {
            many: true,
            options: apps::options,
            chosen: apps::chosen,
            toggle: apps::toggle,
            note: |_| String::new(),
        },
    },
    Field {
        id: EXPIRES,
        label: "Expiration Date (UTC)",
        help: "A date such as 2027-03-01, or 90d, 12w, 6m, 1y from today. Down and Up go by a day, PgDn and PgUp by a month. Empty: it never ends.",
        required: |_| false,
        shown: |form| form.is_new,
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

/// What the form is sent for.
#[derive(Debug)]
pub enum Purpose {
    Create {
        owner: DeveloperId,
        /// Told when it is somebody else's.
        owner_name: Option<String>,
    },
    SetApps {
        id: JwtId,
        label: String,
    },
}

#[derive(Debug)]
pub struct JwtFormScreen {
    pub data: JwtForm,
    pub known: KnownApps,
    pub form: FormState,
    pub tried: bool,
    pub purpose: Purpose,
    /// A key that waits for what the search finds.
    awaiting: Option<Action>,
}

impl JwtFormScreen {
    /// `apps`: those that are chosen already; `None` for all of the organization.
    pub fn new(purpose: Purpose, apps: Option<Vec<ClientId>>) -> Self {
        let is_new = matches!(purpose, Purpose::Create { .. });
        Self {
            data: JwtForm {
                is_new,
                label: Entry::default(),
                is_specific: apps.is_some(),
                apps: apps.unwrap_or_default(),
                expires: Entry::default(),
            },
            known: KnownApps::default(),
            form: FormState::at(if is_new { LABEL } else { APPS }.into()),
            tried: false,
            purpose,
            awaiting: None,
        }
    }

    pub fn context(&self) -> Vec<Context> {
        if self.form.picker.is_some() {
            return vec![Context::Picker, Context::Anywhere];
        }
        let field = match self.form.focus.field {
            APPS => Context::Choice,
            SPECIFIC => Context::Pick,
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

    /// What is sent, when nothing is wrong.
    fn check(&self, now: UnixMs, report: &mut Report) -> Option<JwtWork> {
        let label = self.data.label.text().trim();
        if self.data.is_new && label.is_empty() {
            report.error(LABEL, "Type a label.");
        } else if text::char_count(label) > LABEL_MAX {
            report.error(LABEL, format!("Shorten it to {LABEL_MAX} characters."));
        }
        let apps = self.authorized_apps(report);
        let expires_at = report.take(EXPIRES, parse_expiry(self.data.expires.text(), now));
        if report.has_errors() {
            return None;
        }
        Some(match &self.purpose {
            Purpose::Create { owner, .. } => JwtWork::Create {
                owner: owner.clone(),
                new: Box::new(NewJwt {
                    label: label.to_owned(),
                    apps,
                    expires_at: expires_at?,
                }),
            },
            Purpose::SetApps { id, .. } => JwtWork::SetApps {
                id: id.clone(),
                apps,
            },
        })
    }

    fn authorized_apps(&self, report: &mut Report) -> AuthorizedApps {
        if !self.data.is_specific {
            return AuthorizedApps::Organization;
        }
        match self.data.apps.len() {
            0 => report.error(SPECIFIC, "Choose at least one app."),
            1..=APPS_MAX => {}
            many => report.error(
                SPECIFIC,
                format!(
                    "A credential is for {APPS_MAX} apps at most: drop {}.",
                    many - APPS_MAX
                ),
            ),
        }
        AuthorizedApps::Specific(self.data.apps.clone())
    }

    pub fn findings(&self, now: UnixMs) -> Vec<FieldError> {
        let mut report = Report::default();
        self.check(now, &mut report);
        report.into_findings()
    }

    fn table(&mut self) -> (&mut FormState, Table<'_, JwtForm, KnownApps>) {
        let table = Table {
            fields: FIELDS,
            data: &mut self.data,
            context: &self.known,
            text_width: u16::MAX,
        };
        (&mut self.form, table)
    }

    /// What the list over the form is to show, or the names of apps that are chosen already.
    pub fn look(&mut self, effects: &mut Vec<Effect>) {
        let query = self.form.picker.as_ref().map(|picker| picker.query.text());
        effects.extend(self.known.ask(query.unwrap_or_default(), &self.data.apps));
    }

    /// A key that takes what stands in the list, while the list is not yet what was searched for.
    fn must_await(&self, action: Action) -> bool {
        let takes = match &self.form.picker {
            Some(picker) => {
                action == Action::Confirm || (action == Action::Toggle && picker.browsing)
            }
            None => false,
        };
        let query = self.form.picker.as_ref().map(|picker| picker.query.text());
        takes && query.is_some_and(|query| !query.is_empty() && !self.known.is_about(query))
    }

    /// In the middle of a search, Space is a space.
    pub fn is_searching(&self) -> bool {
        let picker = self.form.picker.as_ref();
        picker.is_some_and(|picker| !picker.browsing)
    }
}
