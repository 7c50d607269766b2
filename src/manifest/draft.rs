//! An entry of a manifest as a draft of the create-app form, whose checks decide whether it is an
//! app. Only what the form cannot say is checked here: words instead of choices, and members that
//! contradict each other.

mod client;
mod texts;

use self::texts::{invisible, line, of_words, rows, take, unknown_scope};
use crate::{
    domain::{
        app::{
            App, AppStatus, AppType, Promotion, Registration,
            icon::IconRef,
            partner::{self, PartnerId},
            scope::{ScopeId, ScopeSet},
            tag,
            web_url::DialogUrl,
        },
        people::email::EmailAddress,
        secret::Secret,
        text,
    },
    form::{Entry, FieldId, Report, RowKey, Rows, Severity, Slot, TextEdit as _},
    manifest::{AppEntry, Finding, PartnersEntry, nearest},
    screens::create_app::{
        draft::{Draft, Facts},
        sections::{
            DraftField, SECTIONS,
            app_card::{AppCardTab, IconState},
            security::SecurityTab,
        },
    },
};

/// Finds the icon that an entry names.
pub type FindIcon<'a> = dyn FnMut(&str) -> Result<IconRef, String> + 'a;

impl AppEntry {
    /// The settings, if nothing is wrong with them. The shared secret is used where the app has
    /// Interactive Messages.
    pub fn judge(
        &self,
        existing: Option<&App>,
        facts: &Facts,
        icons: &mut FindIcon<'_>,
        shared_secret: Secret,
    ) -> (Option<Registration>, Vec<Finding>) {
        let (draft, mut findings) = self.draft(existing, facts, icons, shared_secret);
        let (registration, report) = draft.judge(facts);
        let is_refused = findings.iter().any(|finding| !finding.is_warning);
        // A choice that could not be read is missing in the draft, which is not a second error.
        let new = findings_of(report, &draft).into_iter().filter(|finding| {
            let mut read = findings.iter();
            let is_same = |one: &Finding| {
                is_at(&one.field, &finding.field) || is_at(&finding.field, &one.field)
            };
            !read.any(|one| !one.is_warning && is_same(one))
        });
        let new: Vec<Finding> = new.collect();
        findings.extend(new);
        (registration.filter(|_| !is_refused), findings)
    }

    /// A new app, or an existing one after the change. An absent member has its default; of an
    /// existing app, contact and icon stay. Tags and status are checked and are not in the draft.
    pub fn draft(
        &self,
        existing: Option<&App>,
        facts: &Facts,
        icons: &mut FindIcon<'_>,
        shared_secret: Secret,
    ) -> (Draft, Vec<Finding>) {
        let mut draft = Draft::new(&facts.me);
        let mut found = Vec::new();
        draft.app_type.app_type = self.read_type(&mut found);
        self.read_properties(&mut draft, existing, facts, &mut found);
        self.read_card(&mut draft, existing, icons, &mut found);
        client::read_auth(self, &mut draft, &mut found);
        self.read_security(&mut draft, &mut found);
        self.read_features(&mut draft, existing, &mut found);
        draft.features.shared_secret = shared_secret;
        self.refuse_strays(&draft, &mut found);
        if let Err(finding) = self.read_tags() {
            found.push(finding);
        }
        if let Err(finding) = self.read_status() {
            found.push(finding);
        }
        (draft, found)
    }

    /// `None` if the entry does not say.
    pub fn read_status(&self) -> Result<Option<AppStatus>, Finding> {
        let word = self.status.as_deref();
        word.map(|word| of_words("status", word, AppStatus::ALL, AppStatus::as_str))
            .transpose()
    }

    /// In the form that is stored. `None` if the entry does not say.
    pub fn read_tags(&self) -> Result<Option<Vec<String>>, Finding> {
        let Some(tags) = &self.tags else {
            return Ok(None);
        };
        for (nth, one) in tags.iter().enumerate() {
            let field = format!("tags[{nth}]");
            match tag::parse(one) {
                Ok(parsed) if parsed.len() == 1 => {}
                Ok(_) => return Err(Finding::error(field, "Enter one word.")),
                Err(message) => return Err(Finding::error(field, message)),
            }
        }
        let parsed = tag::parse(&tags.join(" "));
        parsed
            .map(Some)
            .map_err(|message| Finding::error("tags", message))
    }

    fn read_type(&self, found: &mut Vec<Finding>) -> Option<AppType> {
        let Some(word) = &self.app_type else {
            return Some(AppType::RestApi);
        };
        take(of_words("type", word, AppType::ALL, AppType::as_str), found)
    }

    fn read_properties(
        &self,
        draft: &mut Draft,
        existing: Option<&App>,
        facts: &Facts,
        found: &mut Vec<Finding>,
    ) {
        let tab = &mut draft.properties;
        let name = self.name.as_ref().or(self.client.client_name.as_ref());
        tab.name = line(name, "name", found);
        tab.description = line(self.description.as_ref(), "description", found);
        tab.promotion = match &self.promote {
            None => Some(Promotion::Unknown),
            Some(word) => take(
                of_words("promote", word, Promotion::ALL, Promotion::as_str),
                found,
            ),
        };
        if let Some(app) = existing {
            tab.primary_contact = Some(app.spec.properties.primary_contact.clone());
        }
        match self.client.contacts.as_deref() {
            None => {}
            Some([email]) => {
                let key = EmailAddress::from_stored(email.trim()).key();
                let mut developers = facts.developers.iter();
                let contact = developers.find(|one| one.email.key() == key);
                // A developer who was disabled stays the contact of their apps.
                let contact = contact
                    .filter(|one| one.is_active() || tab.primary_contact.as_ref() == Some(&one.id));
                match contact {
                    Some(contact) => tab.primary_contact = Some(contact.id.clone()),
                    None => found.push(Finding::error(
                        "client.contacts[0]",
                        "No active developer of your organization has this e-mail address.",
                    )),
                }
            }
            Some(_) => found.push(Finding::error(
                "client.contacts",
                "Enter the e-mail address of one developer: the primary contact.",
            )),
        }
    }

    fn read_card(
        &self,
        draft: &mut Draft,
        existing: Option<&App>,
        icons: &mut FindIcon<'_>,
        found: &mut Vec<Finding>,
    ) {
        let tab = &mut draft.card;
        if let Some(app) = existing {
            *tab = AppCardTab::of(&app.spec);
        }
        tab.display_name = line(
            self.client.client_name.as_ref(),
            "client.client_name",
            found,
        );
        tab.summary = line(self.summary.as_ref(), "summary", found);
        let logo = self.client.logo_uri.as_ref();
        let logo = logo.filter(|url| url.starts_with("data:"));
        if self.client.logo_uri.is_some() && logo.is_none() {
            found.push(Finding::warning(
                "client.logo_uri",
                "Icons are kept as files. Enter a path in icon. This URL is ignored.",
            ));
        }
        if let Some(icon) = self.icon.as_ref().or(logo) {
            const PATH: &str = "(the picture of the manifest)";
            let read = icons(icon);
            let current = existing.and_then(|app| app.spec.card.icon.as_ref());
            if read.is_ok() && read.as_ref().ok() == current {
                return;
            }
            tab.icon_path = Entry::new(PATH);
            tab.icon = match read {
                Ok(about) => IconState::Ready {
                    path: PATH.to_owned(),
                    about,
                    preview: None,
                },
                Err(message) => IconState::Unfit {
                    path: PATH.to_owned(),
                    message,
                },
            };
        }
    }

    fn read_security(&self, draft: &mut Draft, found: &mut Vec<Finding>) {
        let mut scopes = ScopeSet::default();
        for name in self
            .client
            .scope
            .iter()
            .flat_map(|all| all.split_whitespace())
        {
            match ScopeId::find(name) {
                Some(scope) => {
                    scopes.insert(scope);
                }
                None => found.push(Finding::error("client.scope", unknown_scope(name))),
            }
        }
        let mut justified = Vec::new();
        for (name, text) in self.justifications.iter().flatten() {
            let field = format!("justifications.{name}");
            let requested: Vec<ScopeId> = scopes.requiring_approval().collect();
            match ScopeId::find(name) {
                None => found.push(Finding::error(field, unknown_scope(name))),
                Some(scope) if !requested.contains(&scope) => found.push(Finding::error(
                    field,
                    "Only a requested scope that requires approval has a justification. Remove it.",
                )),
                Some(scope) => justified.push((scope, line(Some(text), &field, found))),
            }
        }
        draft.security = SecurityTab::requesting(scopes, justified);
        draft.security.public = match self.access.as_deref() {
            None => None,
            Some("public") => Some(true),
            Some("private") => Some(false),
            Some(_) => {
                found.push(Finding::error("access", "Use private or public."));
                None
            }
        };
        if let Some(partners) = &self.partners {
            read_partners(partners, &mut draft.security, found);
        }
    }

    fn read_features(&self, draft: &mut Draft, existing: Option<&App>, found: &mut Vec<Finding>) {
        let is_notification = draft.app_type() == AppType::Notification;
        let tab = &mut draft.features;
        if let Some(on) = &self.interactive_messages {
            const URL: &str = "interactive_messages.outbound_webhook_url";
            tab.interactive = true;
            tab.webhook = line(on.outbound_webhook_url.as_ref(), URL, found);
            let urls = on.dialog_urls.as_deref().unwrap_or_default();
            tab.dialog_urls = rows(urls, "interactive_messages.dialog_urls", found);
            keep_order(&mut tab.dialog_urls, existing);
        }
        if let Some(text) = self.manual_instructions.as_ref() {
            let kept = text::many_lines(text);
            if kept.replace('\n', "") != text.replace('\t', "    ").replace(['\r', '\n'], "") {
                found.push(invisible("manual_instructions"));
            }
            tab.instructions = Entry::new(kept);
        } else if is_notification {
            // The form opens with a template.
            tab.instructions = Entry::default();
        }
        tab.web_install = self.web_install_url.is_some();
        tab.web_install_url = line(self.web_install_url.as_ref(), "web_install_url", found);
    }

    /// Members of settings that an app with these answers does not have.
    fn refuse_strays(&self, draft: &Draft, found: &mut Vec<Finding>) {
        let decide = ["type", "access", "client.grant_types"];
        let is_undecided = |one: &Finding| decide.iter().any(|member| is_at(member, &one.field));
        if found.iter().any(is_undecided) {
            return;
        }
        let written = serde_json::to_value(self).unwrap_or_default();
        for field in fields() {
            let member = field.member;
            let is_shown = fields().any(|other| other.member == member && (other.shown)(draft));
            let value = member
                .split('.')
                .try_fold(&written, |value, name| value.get(name));
            let is_empty = value.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
            // Grant types say what kind of app it is, and are compared with it.
            let is_known = found.iter().any(|finding| is_at(member, &finding.field));
            if !member.is_empty()
                && !is_shown
                && !is_empty
                && !is_known
                && member != "client.grant_types"
            {
                let message = format!("This app has no setting \"{}\". Remove it.", field.short);
                found.push(Finding::error(member, message));
            }
        }
    }
}

/// The findings of the form, at the members of a manifest.
pub fn findings_of(report: Report, draft: &Draft) -> Vec<Finding> {
    let findings = report.into_findings().into_iter();
    let findings = findings.map(|found| Finding {
        field: member_of(found.slot, draft),
        message: found.message,
        rule: found.rule,
        is_warning: found.severity == Severity::Warning,
    });
    findings.collect()
}

fn member_of(slot: Slot, draft: &Draft) -> String {
    let member = member_named(slot.field);
    match slot.row {
        None => member.to_owned(),
        Some(RowKey::Scope(scope)) => format!("{member}.{scope}"),
        Some(key @ RowKey::Nth(_)) => {
            let rows = fields().find(|field| field.id == slot.field);
            let rows = rows.and_then(|field| match &field.control {
                crate::form::Control::Rows { get, .. } => Some(get(draft)),
                _ => None,
            });
            let at = rows.and_then(|rows| {
                let at = rows.iter().position(|row| row.key == key)?;
                // The form has an empty row where the manifest has none.
                rows.iter()
                    .nth(at)
                    .filter(|row| !row.entry.is_blank())
                    .map(|_| at)
            });
            at.map_or_else(|| member.to_owned(), |at| format!("{member}[{at}]"))
        }
    }
}

/// The name of a field of the form in a manifest.
fn member_named(id: FieldId) -> &'static str {
    fields()
        .find(|field| field.id == id)
        .map_or(id.0, |field| field.member)
}

fn fields() -> impl Iterator<Item = &'static DraftField> {
    SECTIONS.iter().flat_map(|section| section.fields)
}

/// Whether a finding is about this member or a part of it.
fn is_at(member: &str, other: &str) -> bool {
    other
        .strip_prefix(member)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// The order of dialog URLs means nothing, so the one of the existing app stays.
fn keep_order(urls: &mut Rows, existing: Option<&App>) {
    let Some(on) = existing.and_then(|app| app.spec.interactive_messages.as_ref()) else {
        return;
    };
    let mut typed: Vec<&str> = urls.filled().map(|row| row.entry.text()).collect();
    let mut known: Vec<&str> = on.dialog_urls.iter().map(DialogUrl::as_str).collect();
    typed.sort_unstable();
    known.sort_unstable();
    if typed == known {
        *urls = Rows::of(on.dialog_urls.iter().map(DialogUrl::as_str));
    }
}

fn read_partners(partners: &PartnersEntry, tab: &mut SecurityTab, found: &mut Vec<Finding>) {
    let names = match partners {
        PartnersEntry::Word(word) if word == "all" => return,
        PartnersEntry::Word(_) => {
            let message = "Enter \"all\", or a list of partners in brackets.";
            found.push(Finding::error("partners", message));
            return;
        }
        PartnersEntry::Only(names) => names,
    };
    tab.all_partners = false;
    let forced = partner::catalogue().iter().filter(|one| one.forced);
    tab.galleries = forced.map(|one| one.id).collect();
    for (nth, name) in names.iter().enumerate() {
        match PartnerId::find(name) {
            Some(partner) => {
                tab.galleries.insert(partner);
            }
            None => {
                let slugs = partner::catalogue().iter().map(|one| one.id.as_str());
                let message = match nearest(name, slugs) {
                    Some(near) => format!("Unknown partner. Did you mean {near}?"),
                    None => "Unknown partner.".to_owned(),
                };
                found.push(Finding::error(format!("partners[{nth}]"), message));
            }
        }
    }
}

#[cfg(test)]
mod tests;
