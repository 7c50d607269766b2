//! Tab "Security": the scopes of the app, and the accounts that can sign in to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{DraftField, Section, required, sized};
use crate::{
    domain::{
        app::{
            Access, AppSpec, AppType, JUSTIFICATION_MAX, JUSTIFICATION_MIN, Partners, Promotion,
            partner::{self, PartnerId},
            proposal::Proposal,
            scope::{Scope, ScopeId, ScopeSet, ScopeStatus},
        },
        oauth::{
            operation::Operation,
            scope_search::{self, FoundScope, operations_of},
        },
        text,
    },
    form::{
        Choice, ChoiceOption, Control, Entry, FieldId, PickOption, Report, Row, RowKey, Rows,
        TextEdit,
    },
    screens::create_app::draft::Draft,
};

pub const SCOPES: FieldId = FieldId("security.scopes");
pub const JUSTIFICATIONS: FieldId = FieldId("security.justifications");
pub const ACCESS: FieldId = FieldId("security.access");
pub const PARTNERS: FieldId = FieldId("security.partners");
pub const GALLERIES: FieldId = FieldId("security.galleries");

/// Calls that the line about a scope names.
const CALLS_SHOWN: usize = 2;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityTab {
    pub scopes: ScopeSet,
    /// One row for each chosen scope that requires approval, in the order of the scopes.
    pub justifications: Rows,
    /// Justifications of scopes that were removed, kept in case the scope is added again.
    dropped_justifications: Vec<Row>,
    pub public: Option<bool>,
    pub all_partners: bool,
    pub galleries: BTreeSet<PartnerId>,
}

impl Default for SecurityTab {
    /// Access has no default on purpose, because a public app cannot become private again.
    /// RingCentral's form opens with all partners and all galleries selected.
    fn default() -> Self {
        Self {
            scopes: ScopeSet::default(),
            justifications: Rows::default(),
            dropped_justifications: Vec::new(),
            public: None,
            all_partners: true,
            galleries: partner::catalogue().iter().map(|one| one.id).collect(),
        }
    }
}

impl SecurityTab {
    pub fn of(spec: &AppSpec) -> Self {
        let justified = spec.justifications.iter();
        let justified = justified.map(|(scope, text)| (*scope, Entry::new(text)));
        let mut tab = Self::requesting(spec.scopes.clone(), justified);
        tab.public = Some(spec.access != Access::Private);
        if let Access::Public(Partners::Only(partners)) = &spec.access {
            tab.all_partners = false;
            tab.galleries = partners.iter().copied().collect();
        }
        tab
    }

    /// Scopes with their justifications, and no other answer.
    pub fn requesting(
        scopes: ScopeSet,
        justified: impl IntoIterator<Item = (ScopeId, Entry)>,
    ) -> Self {
        let mut tab = Self {
            scopes,
            ..Self::default()
        };
        tab.order_justifications();
        for (scope, text) in justified {
            let key = RowKey::Scope(scope);
            tab.justifications.ensure(key);
            if let Some(row) = tab.justifications.get_mut(key) {
                row.entry = text;
            }
        }
        tab
    }

    /// The proposed scopes in place of these. What was written as a reason stays.
    pub fn propose(&mut self, proposal: &Proposal) {
        self.scopes = proposal.scopes.clone();
        self.order_justifications();
        for (scope, reason) in &proposal.reasons {
            if let Some(row) = self.justifications.get_mut(RowKey::Scope(*scope))
                && row.entry.is_blank()
            {
                row.entry = Entry::new(reason);
            }
        }
    }

    fn toggle_scope(&mut self, scope: ScopeId) {
        self.scopes.toggle(scope);
        self.order_justifications();
    }

    fn order_justifications(&mut self) {
        let keys: Vec<RowKey> = self
            .scopes
            .requiring_approval()
            .map(RowKey::Scope)
            .collect();
        self.justifications
            .retain_in_order(&keys, &mut self.dropped_justifications);
    }
}

pub static SECTION: Section = Section {
    id: "security",
    title: "Security",
    about: |draft| match draft.app_type() {
        AppType::RestApi | AppType::Notification => {
            "What the app can do and who can sign in. Request only the permissions your app needs."
        }
        AppType::Bot => {
            "Request only the permissions your app needs. RingCentral's sample bot uses Team \
             Messaging, Webhook Subscriptions and Read Accounts."
        }
    },
    fields: FIELDS,
};

fn is_public(draft: &Draft) -> bool {
    draft.security.public == Some(true)
}

/// What a scope allows, as text and as the calls that it opens; those of the search come first.
fn found_option(found: &FoundScope) -> PickOption {
    let mut option = scope_option(found.scope);
    let is_named = |one: &&Operation| found.operations.iter().any(|named| named.id == one.id);
    let all: Vec<&Operation> = operations_of(found.scope.id).collect();
    let (named, others): (Vec<&Operation>, Vec<&Operation>) = all.into_iter().partition(is_named);
    let mut calls = named.into_iter().chain(others);
    let shown: Vec<String> = calls
        .by_ref()
        .take(CALLS_SHOWN)
        .map(scope_search::brief)
        .collect();
    let more = match calls.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !shown.is_empty() {
        option.more = format!("Opens {}{more}.", shown.join(", "));
    }
    option
}

fn scope_option(scope: &Scope) -> PickOption {
    let mark = match scope.status {
        ScopeStatus::Deprecated => Some("deprecated"),
        ScopeStatus::Legacy => Some("legacy"),
        ScopeStatus::Current if scope.requires_approval => Some("requires approval"),
        ScopeStatus::Current => None,
    };
    PickOption {
        key: scope.id.as_str().to_owned(),
        label: scope.label.to_owned(),
        detail: scope.id.as_str().to_owned(),
        description: scope.description.to_owned(),
        more: String::new(),
        mark,
        group: "",
        locked: None,
    }
}

fn gallery_option(partner: &partner::Partner) -> PickOption {
    PickOption {
        key: partner.id.as_str().to_owned(),
        label: partner.label.to_owned(),
        detail: String::new(),
        description: partner.note.unwrap_or_default().to_string(),
        more: String::new(),
        mark: partner.forced.then_some("always"),
        group: partner.group.label(),
        locked: partner
            .forced
            .then_some("RingCentral's own app galleries are always included."),
    }
}

static FIELDS: &[DraftField] = &[
    DraftField::new(
        SCOPES,
        "Application Scopes",
        Control::Pick {
            many: true,
            options: |_, query| scope_search::search(query).iter().map(found_option).collect(),
            chosen: |draft, _| {
                draft
                    .security
                    .scopes
                    .iter()
                    .map(|id| scope_option(id.scope()))
                    .collect()
            },
            toggle: |draft, key| {
                if let Some(scope) = ScopeId::find(key) {
                    draft.security.toggle_scope(scope);
                }
            },
            note: |draft| {
                let included: Vec<&str> = draft
                    .security
                    .scopes
                    .included()
                    .iter()
                    .map(|(scope, _)| scope.scope().label)
                    .collect();
                if included.is_empty() {
                    String::new()
                } else {
                    format!("Also includes: {}", included.join(", "))
                }
            },
        },
    )
    .member("client.scope")
    .short("Scopes")
    .help(
        "Type to find a scope by name, by what it allows, or by a call (send sms). Old scopes appear only when you type. The user's role must allow it too.",
    ),
    DraftField::rows(
        JUSTIFICATIONS,
        "Justification",
        |draft| &draft.security.justifications,
        |draft| &mut draft.security.justifications,
    )
    .member("justifications")
    .help(
        "This scope allows sensitive operations: a reviewer reads why the app needs it, and \
         approves or rejects it. Give details: 20 to 500 characters.",
    )
    .max(JUSTIFICATION_MAX)
    .row_label(|key| match key {
        RowKey::Scope(scope) => scope.scope().label.to_string(),
        RowKey::Nth(_) => String::new(),
    })
    .required()
    .shown_if(|draft| !draft.security.justifications.is_empty()),
    DraftField::choice(
        ACCESS,
        "Who will be authorized to access your app?",
        &Choice {
            options: &[
                ChoiceOption::new(
                    false,
                    "Private",
                    "Most apps: for internal tools, only credentials of your own account.",
                ),
                ChoiceOption::new(
                    true,
                    "Public",
                    "Credentials of any RingCentral customer. To sell or list the app, or for federated accounts.",
                ),
            ],
            get: |draft| draft.security.public,
            set: |draft, public| draft.security.public = Some(public),
        },
    )
    .member("access")
    .short("Access")
    .help(
        "Whose credentials sign in. A CPaaS product (Communication Platform as a Service), \
         whose customers never sign in, is private.",
    )
    .required(),
    DraftField::choice(
        PARTNERS,
        "What brand partners are available?",
        &Choice {
            options: &[
                ChoiceOption::new(true, "All current and future partners (recommended)", ""),
                ChoiceOption::new(false, "Only specific partners", ""),
            ],
            get: |draft| Some(draft.security.all_partners),
            set: |draft, all| draft.security.all_partners = all,
        },
    )
    .member("partners")
    .short("Brand partners")
    .help("The service providers whose customers can use the app.")
    .required()
    .shown_if(is_public),
    DraftField::new(
        GALLERIES,
        "App galleries where the app will appear",
        Control::Pick {
            many: true,
            options: |_, query| {
                let query = text::key(query);
                partner::catalogue()
                    .iter()
                    .filter(|one| text::key(one.label).contains(&query))
                    .map(gallery_option)
                    .collect()
            },
            chosen: |draft, _| {
                partner::catalogue()
                    .iter()
                    .filter(|one| draft.security.galleries.contains(&one.id))
                    .map(gallery_option)
                    .collect()
            },
            toggle: |draft, key| {
                if let Some(partner) = PartnerId::find(key)
                    && !draft.security.galleries.remove(&partner)
                {
                    draft.security.galleries.insert(partner);
                }
            },
            note: |_| String::new(),
        },
    )
    .member("partners")
    .short("App galleries")
    .help(
        "You allow RingCentral to promote the app in each. AT&T and Verizon run separately and \
         have their own technical requirements.",
    )
    .keys("Enter opens the list.")
    .required()
    .shown_if(|draft| is_public(draft) && !draft.security.all_partners),
];

#[derive(Debug)]
pub struct Checked {
    pub scopes: ScopeSet,
    pub justifications: BTreeMap<ScopeId, String>,
    pub access: Access,
}

pub fn check(draft: &Draft, report: &mut Report) -> Option<Checked> {
    let tab = &draft.security;
    if let Some(old) = tab
        .scopes
        .iter()
        .find(|id| id.scope().status != ScopeStatus::Current)
    {
        report.warning(
            SCOPES,
            format!(
                "{} is no longer granted to new apps and may not work.",
                old.scope().label
            ),
        );
    }
    let justifications = check_justifications(tab, report);
    let access = check_access(draft, report);
    Some(Checked {
        scopes: tab.scopes.clone(),
        justifications: justifications?,
        access: access?,
    })
}

fn check_justifications(
    tab: &SecurityTab,
    report: &mut Report,
) -> Option<BTreeMap<ScopeId, String>> {
    let mut justifications = BTreeMap::new();
    let mut sound = true;
    for scope in tab.scopes.requiring_approval() {
        let slot = (JUSTIFICATIONS, RowKey::Scope(scope));
        let typed = tab
            .justifications
            .get(RowKey::Scope(scope))
            .map_or("", |row| row.entry.text());
        let text = sized(typed, "justification", JUSTIFICATION_MIN, JUSTIFICATION_MAX);
        let missing =
            format!("Explain why the app needs it in at least {JUSTIFICATION_MIN} characters.");
        match report.take(slot, required(text, missing)) {
            Some(text) => {
                justifications.insert(scope, text);
            }
            None => sound = false,
        }
    }
    sound.then_some(justifications)
}

fn check_access(draft: &Draft, report: &mut Report) -> Option<Access> {
    let tab = &draft.security;
    match tab.public {
        None => {
            report.error(ACCESS, "Choose private or public.");
            None
        }
        Some(false) => {
            if draft.properties.promotion == Some(Promotion::Yes) {
                report.warning(
                    ACCESS,
                    "Only public apps can be in the App Gallery, and you intend to promote this one.",
                );
            }
            Some(Access::Private)
        }
        Some(true) => {
            report.warning(
                ACCESS,
                "Public apps get greater scrutiny, and cannot be made private again.",
            );
            Some(Access::Public(if tab.all_partners {
                Partners::All
            } else {
                Partners::Only(
                    partner::catalogue()
                        .iter()
                        .filter(|one| one.forced || tab.galleries.contains(&one.id))
                        .map(|one| one.id)
                        .collect(),
                )
            }))
        }
    }
}
