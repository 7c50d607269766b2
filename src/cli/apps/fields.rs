//! The settings of an app as flags. They become an entry of a manifest, which the checks of the
//! create-app form judge.

use std::collections::BTreeMap;

use clap::Args;

use super::manifest::finding;
use crate::{
    cli::{
        output::{Exit, Finding, Refusal},
        texts::{argument_or_input, text_of_file},
    },
    domain::app::scope::ScopeId,
    manifest::{self, AppEntry, InteractiveEntry, PartnersEntry},
};

const CODE: &str = "authorization_code";
const REFRESH: &str = "refresh_token";
/// RFC 7523 §8.
const JWT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The flag of each member of a manifest that has one.
pub const FLAGS: &[(&str, &str)] = &[
    ("name", "--name"),
    ("type", "--type"),
    ("platform", "--platform"),
    ("description", "--description"),
    ("access", "--access"),
    ("partners", "--partner"),
    ("promote", "--promote"),
    ("summary", "--summary"),
    ("icon", "--icon"),
    ("justifications", "--justification"),
    ("interactive_messages.outbound_webhook_url", "--webhook-url"),
    ("interactive_messages.dialog_urls", "--dialog-url"),
    ("manual_instructions", "--instructions"),
    ("web_install_url", "--install-url"),
    ("client.client_name", "--display-name"),
    ("client.redirect_uris", "--redirect-uri"),
    ("client.grant_types", "--auth"),
    ("client.scope", "--scope"),
    ("client.contacts", "--contact"),
];

/// A flag may be repeated for a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Settings")]
pub struct Fields {
    /// rest_api, bot or notification
    #[arg(long = "type", value_name = "TYPE")]
    app_type: Option<String>,

    /// What the app does, in 20 to 256 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// E-mail of the primary contact [default: you]
    #[arg(long, value_name = "EMAIL")]
    contact: Option<String>,

    /// Whether to promote it in the App Gallery: yes, no or unknown
    #[arg(long, value_name = "ANSWER")]
    promote: Option<String>,

    /// Name that users see
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,

    /// One or two lines below the name
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,

    /// Square picture: PNG, JPEG, GIF or SVG, under 2 MB
    #[arg(long, value_name = "FILE")]
    icon: Option<String>,

    /// authorization_code or jwt
    #[arg(long, value_name = "METHOD", value_parser = ["authorization_code", "jwt"])]
    auth: Option<String>,

    /// What calls the API, e.g. server_side_web
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,

    /// Redirect URI; may be repeated
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,

    /// Whether to issue refresh tokens
    #[arg(long, value_name = "BOOL")]
    refresh_tokens: Option<bool>,

    /// Scope to request; may be repeated
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,

    /// Why a scope that requires approval is needed; may be repeated
    #[arg(long, value_name = "SCOPE=TEXT")]
    justification: Vec<String>,

    /// private or public
    #[arg(long, value_name = "ACCESS")]
    access: Option<String>,

    /// Partner whose accounts can sign in to a public app; may be repeated [default: all]
    #[arg(long, value_name = "PARTNER")]
    partner: Vec<String>,

    /// Outbound webhook URL of Interactive Messages
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,

    /// Dialog URL of Interactive Messages; may be repeated
    #[arg(long, value_name = "URL")]
    dialog_url: Vec<String>,

    /// File with the installation instructions of an add-in, or - for standard input
    #[arg(long, value_name = "FILE")]
    instructions: Option<String>,

    /// Page that installs an add-in
    #[arg(long, value_name = "URL")]
    install_url: Option<String>,
}

/// Changes to the lists of an existing app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Changes to lists")]
pub struct Lists {
    /// Scope to add; may be repeated
    #[arg(long, value_name = "SCOPE", conflicts_with = "scope")]
    add_scope: Vec<String>,

    /// Scope to remove; may be repeated
    #[arg(long, value_name = "SCOPE", conflicts_with = "scope")]
    remove_scope: Vec<String>,

    /// Redirect URI to add; may be repeated
    #[arg(long, value_name = "URI", conflicts_with = "redirect_uri")]
    add_redirect_uri: Vec<String>,

    /// Redirect URI to remove; may be repeated
    #[arg(long, value_name = "URI", conflicts_with = "redirect_uri")]
    remove_redirect_uri: Vec<String>,

    /// Dialog URL to add; may be repeated
    #[arg(long, value_name = "URL", conflicts_with = "dialog_url")]
    add_dialog_url: Vec<String>,

    /// Dialog URL to remove; may be repeated
    #[arg(long, value_name = "URL", conflicts_with = "dialog_url")]
    remove_dialog_url: Vec<String>,
}

impl Fields {
    /// What the flags say; `before` is what they change.
    pub fn entry(&self, before: &AppEntry) -> Result<AppEntry, Refusal> {
        let mut entry = AppEntry {
            app_type: self.app_type.clone(),
            platform: self.platform.clone(),
            description: self.description.clone(),
            access: self.access.clone(),
            partners: self.partners(),
            promote: self.promote.clone(),
            summary: self.summary.clone(),
            icon: self.icon.clone(),
            justifications: self.justifications()?,
            interactive_messages: self.interactive_messages(),
            manual_instructions: self.instructions()?,
            web_install_url: self.install_url.clone(),
            ..AppEntry::default()
        };
        let client = &mut entry.client;
        client.client_name.clone_from(&self.display_name);
        client.contacts = self.contact.clone().map(|one| vec![one]);
        client.redirect_uris = given(&self.redirect_uri);
        let scopes: Vec<&str> = self.scope.iter().map(|scope| spelled(scope)).collect();
        client.scope = (!scopes.is_empty()).then(|| scopes.join(" "));
        client.grant_types = self.grant_types(before);
        if self.auth.as_deref() == Some("jwt") {
            client.response_types = Some(Vec::new());
        }
        Ok(entry)
    }

    fn grant_types(&self, before: &AppEntry) -> Option<Vec<String>> {
        if self.auth.is_none() && self.refresh_tokens.is_none() {
            return None;
        }
        let known = before.client.grant_types.clone().unwrap_or_default();
        let is_known = |grant: &str| known.iter().any(|one| one == grant);
        let grant = match self.auth.as_deref() {
            Some("jwt") => JWT,
            Some(_) => CODE,
            None if is_known(JWT) => JWT,
            None => CODE,
        };
        let refreshes = self.refresh_tokens.unwrap_or_else(|| is_known(REFRESH));
        let all = [grant].into_iter().chain(refreshes.then_some(REFRESH));
        Some(all.map(str::to_owned).collect())
    }

    fn partners(&self) -> Option<PartnersEntry> {
        match self.partner.as_slice() {
            [] => None,
            [all] if all == "all" => Some(PartnersEntry::Word(all.clone())),
            some => Some(PartnersEntry::Only(some.to_vec())),
        }
    }

    fn justifications(&self) -> Result<Option<BTreeMap<String, String>>, Refusal> {
        let mut all = BTreeMap::new();
        for one in &self.justification {
            let Some((scope, text)) = one.split_once('=') else {
                let message = "Write SCOPE=TEXT, e.g. EditAccounts=\"We sync our directory.\"";
                return Err(Refusal::new(Exit::Failed, Some("--justification"), message));
            };
            all.insert(spelled(scope.trim()).to_owned(), text.to_owned());
        }
        Ok((!all.is_empty()).then_some(all))
    }

    fn interactive_messages(&self) -> Option<InteractiveEntry> {
        let entry = InteractiveEntry {
            outbound_webhook_url: self.webhook_url.clone(),
            dialog_urls: given(&self.dialog_url),
        };
        (entry != InteractiveEntry::default()).then_some(entry)
    }

    fn instructions(&self) -> Result<Option<String>, Refusal> {
        let about = |refusal: Refusal| refusal.about("--instructions");
        match self.instructions.as_deref() {
            None => Ok(None),
            Some("-") => argument_or_input("-").map(Some).map_err(about),
            Some(file) => text_of_file(file).map(Some).map_err(about),
        }
    }
}

impl Lists {
    /// Changes the lists of an entry, which has all of them.
    pub fn change(&self, entry: &mut AppEntry) -> Result<(), Refusal> {
        let scopes = entry.client.scope.take().unwrap_or_default();
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        let is_scope = |one: &str, other: &str| match (ScopeId::find(one), ScopeId::find(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one == other,
        };
        let scope = List {
            add: &self.add_scope,
            remove: &self.remove_scope,
            flag: "--remove-scope",
            is_same: &is_scope,
            spelled,
        };
        let scopes = scope.change(scopes)?;
        if let Some(justified) = &mut entry.justifications {
            justified.retain(|name, _| scopes.iter().any(|scope| is_scope(scope, name)));
        }
        entry.justifications = entry.justifications.take().filter(|all| !all.is_empty());
        entry.client.scope = Some(scopes.join(" "));

        let is_same = |one: &str, other: &str| one == other;
        let uris = entry.client.redirect_uris.take().unwrap_or_default();
        let uri = List {
            add: &self.add_redirect_uri,
            remove: &self.remove_redirect_uri,
            flag: "--remove-redirect-uri",
            is_same: &is_same,
            spelled: |one| one,
        };
        entry.client.redirect_uris = given(&uri.change(uris)?);

        let dialog = List {
            add: &self.add_dialog_url,
            remove: &self.remove_dialog_url,
            flag: "--remove-dialog-url",
            is_same: &is_same,
            spelled: |one| one,
        };
        if !dialog.add.is_empty() || !dialog.remove.is_empty() {
            let interactive = entry.interactive_messages.get_or_insert_default();
            let urls = interactive.dialog_urls.take().unwrap_or_default();
            interactive.dialog_urls = given(&dialog.change(urls)?);
        }
        Ok(())
    }
}

/// A list, and how flags change it.
struct List<'a> {
    add: &'a [String],
    remove: &'a [String],
    flag: &'static str,
    is_same: &'a dyn Fn(&str, &str) -> bool,
    spelled: fn(&str) -> &str,
}

impl List<'_> {
    /// A value that is not there to be removed is likely misspelled.
    fn change(&self, mut all: Vec<String>) -> Result<Vec<String>, Refusal> {
        for one in self.remove {
            let before = all.len();
            all.retain(|known| !(self.is_same)(known, one));
            if all.len() == before {
                let message = format!("The app does not have {one}.");
                return Err(Refusal::new(Exit::Failed, Some(self.flag), message));
            }
        }
        for one in self.add {
            if !all.iter().any(|known| (self.is_same)(known, one)) {
                all.push((self.spelled)(one).to_owned());
            }
        }
        Ok(all)
    }
}

fn given(values: &[String]) -> Option<Vec<String>> {
    (!values.is_empty()).then(|| values.to_vec())
}

/// Any usual spelling of a scope, e.g. "read accounts"; a manifest takes them without spaces.
fn spelled(scope: &str) -> &str {
    ScopeId::find(scope).map_or(scope, |found| found.as_str())
}

/// The flag for a member of a manifest, with what follows it: `--redirect-uri[1]`.
pub fn flag_of(member: &str) -> String {
    let found = FLAGS.iter().find_map(|(name, flag)| {
        let rest = member.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(['[', '.'])).then(|| format!("{flag}{rest}"))
    });
    found.unwrap_or_else(|| member.to_owned())
}

/// A finding at the member of a file, or at the flag that stands for it.
pub fn at_flags(found: &manifest::Finding, is_of_file: bool) -> Finding {
    let mut shown = finding(found);
    if !is_of_file {
        shown.field = shown.field.map(|field| flag_of(&field));
    }
    shown
}
