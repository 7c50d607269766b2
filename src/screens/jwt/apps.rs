//! The apps of a JWT credential: a search finds those of the organization; other apps are entered
//! by their Client ID.

use std::collections::{BTreeMap, BTreeSet};

use super::form::JwtData;
use crate::{
    desk::Cx,
    domain::{
        oauth::{credential::ClientId, jwt::FoundApps},
        text,
    },
    form::PickOption,
    request::FindJwtApps,
};

/// The organization's apps, as far as they are known.
#[derive(Debug, Default)]
pub struct KnownApps {
    names: BTreeMap<ClientId, String>,
    /// Apps without the JWT flow.
    unfit: BTreeSet<ClientId>,
    /// The result of the last answered search, in its order.
    found: Vec<ClientId>,
    /// The last answered search.
    answered: Option<String>,
    asked: Option<String>,
    number: u64,
}

impl KnownApps {
    /// Whether the list shows the result for these words, not that of an earlier search.
    pub fn is_about(&self, query: &str) -> bool {
        self.answered.as_deref() == Some(query)
    }

    /// Requests the apps to list, unless they were requested already.
    pub fn ask(&mut self, query: &str, chosen: &[ClientId], cx: &mut Cx<'_>) {
        if self.asked.as_deref() == Some(query) {
            return;
        }
        self.asked = Some(query.to_owned());
        let is_unnamed = |id: &&ClientId| !self.names.contains_key(*id);
        self.number = cx.request(FindJwtApps {
            query: query.to_owned(),
            unnamed: chosen.iter().filter(is_unnamed).cloned().collect(),
        });
    }

    /// The number of the last search.
    pub fn asked(&self) -> u64 {
        self.number
    }

    /// Chosen apps stay listed, whatever their flow is now, so that they can be removed.
    pub fn learn(&mut self, query: String, apps: FoundApps, chosen: &[ClientId]) {
        let found = apps.found.iter().map(|app| app.client_id.clone());
        // The reply to an earlier search may arrive after a later search has begun.
        if self.asked.as_ref() == Some(&query) {
            self.found = found.collect();
            self.answered = Some(query);
        }
        for app in apps.found.into_iter().chain(apps.named) {
            if !app.uses_jwt && !chosen.contains(&app.client_id) {
                self.unfit.insert(app.client_id.clone());
            }
            self.names.insert(app.client_id, app.name);
        }
    }

    fn option(&self, id: &ClientId) -> PickOption {
        let name = self.names.get(id);
        PickOption {
            key: id.as_str().to_owned(),
            label: text::displayable(name.map_or(id.as_str(), String::as_str)).into_owned(),
            detail: match name {
                Some(_) => text::displayable(id.as_str()).into_owned(),
                None => "of another organization".to_owned(),
            },
            description: match name {
                Some(_) => format!("Client ID {}", text::displayable(id.as_str())),
                None => "An app of another organization, by its Client ID.".to_owned(),
            },
            more: String::new(),
            mark: self.unfit.contains(id).then_some("no JWT auth flow"),
            group: "",
            locked: self.unfit.contains(id).then_some(
                "This app does not use the JWT auth flow. Press e on its page to change that.",
            ),
        }
    }

    fn has(&self, id: &ClientId, query: &str) -> bool {
        let name = self.names.get(id).map(String::as_str).unwrap_or_default();
        let text = text::key(&format!("{name} {}", id.as_str()));
        text::key(query)
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

pub fn options(known: &KnownApps, query: &str) -> Vec<PickOption> {
    let is_current = known.is_about(query);
    let fits = |id: &&ClientId| is_current || known.has(id, query);
    let mut options: Vec<PickOption> = known
        .found
        .iter()
        .filter(fits)
        .map(|id| known.option(id))
        .collect();
    let typed = query.trim();
    if options.is_empty() && is_current && ClientId::may_be(typed) {
        options.push(known.option(&ClientId::from_stored(typed)));
    }
    options
}

pub fn chosen(form: &JwtData, known: &KnownApps) -> Vec<PickOption> {
    form.apps.iter().map(|id| known.option(id)).collect()
}

pub fn toggle(form: &mut JwtData, key: &str) {
    let id = ClientId::from_stored(key.trim());
    match form.apps.iter().position(|app| *app == id) {
        Some(at) => {
            form.apps.remove(at);
        }
        None => form.apps.push(id),
    }
}
