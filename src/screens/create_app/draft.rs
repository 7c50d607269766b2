//! A draft: what is being typed, valid or not, and the one way it becomes an [`AppSpec`].

use serde::{Deserialize, Serialize};

use super::sections::{app_card, app_type, auth, features, properties, security};
use crate::{
    domain::{
        app::{Access, App, AppKind, AppSpec, AppType, Registration},
        id::DeveloperId,
        people::developer::{Developer, Session},
        secret::Secret,
        text,
    },
    form::{Report, TextEdit},
};

/// One struct per tab. A field that an older version did not save gets its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub app_type: app_type::AppTypeTab,
    pub properties: properties::PropertiesTab,
    pub card: app_card::AppCardTab,
    pub auth: auth::AuthTab,
    pub security: security::SecurityTab,
    pub features: features::FeaturesTab,
}

/// Facts for validators that are not in the draft. They include answers from the store, never the
/// store itself.
#[derive(Clone, Debug)]
pub struct Facts {
    pub me: DeveloperId,
    pub developers: Vec<Developer>,
    /// The name that the store last checked, as `text::key` returns it, and whether it is taken.
    pub name_answer: Option<(String, bool)>,
    /// Set when an existing app is edited.
    pub saved: Option<SavedFacts>,
}

/// The properties of an existing app that cannot be changed.
#[derive(Clone, Debug)]
pub struct SavedFacts {
    pub name: String,
    pub is_public: bool,
}

impl SavedFacts {
    pub fn of(app: &App) -> Self {
        Self {
            name: app.spec.properties.name.clone(),
            is_public: app.spec.access != Access::Private,
        }
    }
}

impl Facts {
    pub fn of(session: &Session) -> Self {
        Self {
            me: session.developer.id.clone(),
            developers: session.developers.clone(),
            name_answer: None,
            saved: None,
        }
    }

    pub fn is_taken(&self, name: &str) -> bool {
        let is_its_own = self
            .saved
            .as_ref()
            .is_some_and(|saved| text::key(&saved.name) == text::key(name));
        !is_its_own
            && self
                .name_answer
                .as_ref()
                .is_some_and(|(key, taken)| *taken && *key == text::key(name))
    }
}

impl Draft {
    pub fn new(me: &DeveloperId) -> Self {
        let mut draft = Self::default();
        draft.properties.primary_contact = Some(me.clone());
        draft
    }

    /// The draft that produces these settings.
    pub fn of(spec: &AppSpec, shared_secret: Secret) -> Self {
        Self {
            app_type: app_type::AppTypeTab::of(spec),
            properties: properties::PropertiesTab::of(spec),
            card: app_card::AppCardTab::of(spec),
            auth: auth::AuthTab::of(spec),
            security: security::SecurityTab::of(spec),
            features: features::FeaturesTab::of(spec, shared_secret),
        }
    }

    /// The chosen type, or the most common one while none is chosen: it decides what is shown.
    pub fn app_type(&self) -> AppType {
        self.app_type.app_type.unwrap_or(AppType::RestApi)
    }

    /// The name in a list of drafts.
    pub fn title(&self) -> String {
        let name = text::displayable(self.properties.name.text()).into_owned();
        if name.trim().is_empty() {
            "Untitled app".to_owned()
        } else {
            name
        }
    }

    /// Parses the answers into an [`AppSpec`] and reports every error. There is a spec exactly when
    /// the report has no error.
    pub fn judge(&self, facts: &Facts) -> (Option<Registration>, Report) {
        let mut report = Report::default();
        let registration = self.parse(facts, &mut report);
        (registration.filter(|_| !report.has_errors()), report)
    }

    /// The only place that says which checks run for which type.
    fn parse(&self, facts: &Facts, report: &mut Report) -> Option<Registration> {
        // All checks run before the first `?`: the report must be complete.
        let app_type = app_type::check(self, report);
        let properties = properties::check(self, facts, report);
        let card = app_card::check(self, report);
        let interactive = features::check_interactive(self, report);
        let kind = self.parse_kind(report);
        let security = security::check(self, report);
        app_type?;
        let security = security?;
        let (interactive_messages, shared_secret) = interactive?.into_parts();
        Some(Registration {
            spec: AppSpec {
                properties: properties?,
                card: card?,
                kind: kind?,
                scopes: security.scopes,
                justifications: security.justifications,
                access: security.access,
                interactive_messages,
            },
            shared_secret,
        })
    }

    fn parse_kind(&self, report: &mut Report) -> Option<AppKind> {
        match self.app_type() {
            AppType::RestApi => {
                let (auth, issue_refresh_tokens) = auth::check_rest(self, report)?;
                Some(AppKind::RestApi {
                    auth,
                    issue_refresh_tokens,
                })
            }
            AppType::Bot => Some(AppKind::Bot {
                redirect_uris: auth::check_redirect_uris(self, report)?,
            }),
            AppType::Notification => {
                let (manual_instructions, web_install_url) =
                    features::check_installation(self, report)?;
                Some(AppKind::Notification {
                    manual_instructions,
                    web_install_url,
                })
            }
        }
    }
}
