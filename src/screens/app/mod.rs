//! The page of an app: its credentials, the next steps and its settings.

mod ask;
pub mod issued;
mod unboxed;
mod update;
pub mod view;

pub use self::update::done_notice;

use crate::{
    domain::{
        app::{
            Access, App, AppKind, ClientType, Environment, EnvironmentCredentials, Issuer,
            proposal::Proposal, scope_fit::waiting, usage::OperationUsage,
        },
        export::snippet::Language,
        history::Entry,
        people::developer::Session,
        secret::Secret,
    },
    keymap::Action,
    request::{AppSecrets, Copyable},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageTab {
    #[default]
    Overview,
    Settings,
    Credentials,
    History,
    Scopes,
}

impl PageTab {
    pub const ALL: [Self; 5] = [
        Self::Overview,
        Self::Settings,
        Self::Credentials,
        Self::History,
        Self::Scopes,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Settings => "Settings",
            Self::Credentials => "Credentials",
            Self::History => "History",
            Self::Scopes => "Scopes",
        }
    }
}

#[derive(Debug)]
pub struct AppPage {
    pub app: Box<App>,
    pub tab: PageTab,
    /// The secrets in clear text, while they are revealed.
    pub secrets: Option<AppSecrets>,
    /// The history is read when its tab is opened.
    pub history: Option<Vec<Entry>>,
    /// The operations that the app called, read when their tab is opened.
    pub usage: Option<Vec<OperationUsage>>,
    pub scroll: u16,
    /// The credential under the cursor, in the tab Credentials.
    pub cursor: usize,
    /// Shows only the credentials, without boxes, for selection with the mouse.
    pub unboxed: bool,
}

impl AppPage {
    pub fn new(app: Box<App>) -> Self {
        Self {
            app,
            tab: PageTab::default(),
            secrets: None,
            history: None,
            usage: None,
            scroll: 0,
            cursor: 0,
            unboxed: false,
        }
    }

    /// Everything that can be copied, in the order on the screen.
    pub fn copyables(&self) -> Vec<Copyable> {
        let mut all = vec![Copyable::ClientId];
        if self.has_secret() {
            all.push(Copyable::ClientSecret);
        }
        if self.is_rotating() {
            all.push(Copyable::RetiringSecret);
        }
        if self.has_shared_secret() {
            all.push(Copyable::SharedSecret);
        }
        all.extend(self.files_of(Issuer::LocalServer, self.has_secret()));
        for environment in Environment::ALL.iter().copied() {
            if let Some(kept) = self.environment(environment) {
                all.push(Copyable::EnvironmentId(environment));
                if kept.has_secret {
                    all.push(Copyable::EnvironmentSecret(environment));
                }
                all.extend(self.files_of(Issuer::RingCentral(environment), kept.has_secret));
            }
            if environment == Environment::Production {
                if self.takes_jwts_of_customers() {
                    all.push(Copyable::JwtLink);
                }
                if self.gets_tokens() {
                    all.push(Copyable::NewAppLink);
                }
            }
        }
        all
    }

    /// The formats of other programs, for the credentials of one issuer.
    fn files_of(&self, issuer: Issuer, has_secret: bool) -> Vec<Copyable> {
        let mut all = Vec::new();
        if self.gets_tokens() {
            all.push(Copyable::EnvFile(issuer));
        }
        if issuer == Issuer::LocalServer && self.logs_in() {
            all.extend(Language::ALL.iter().copied().map(Copyable::Snippet));
        }
        if has_secret {
            all.push(Copyable::BasicHeader(issuer));
        }
        all.push(Copyable::CredentialsJson(issuer));
        all
    }

    /// Only RingCentral's Client ID means something to its customers.
    fn takes_jwts_of_customers(&self) -> bool {
        let spec = &self.app.spec;
        spec.uses_jwt()
            && spec.access != Access::Private
            && self.environment(Environment::Production).is_some()
    }

    /// A notification add-in posts to a webhook and never gets a token.
    fn gets_tokens(&self) -> bool {
        !matches!(self.app.spec.kind, AppKind::Notification { .. })
    }

    /// Whether the cursor of the tab Credentials is on a value that another program reads as a
    /// file.
    fn is_on_a_file(&self) -> bool {
        matches!(
            self.copyables().get(self.cursor),
            Some(Copyable::EnvFile(_) | Copyable::CredentialsJson(_) | Copyable::Snippet(_))
        )
    }

    pub fn revealed(&self, what: Copyable) -> Option<&Secret> {
        let secrets = self.secrets.as_ref()?;
        match what {
            Copyable::ClientSecret => secrets.client.as_ref(),
            Copyable::RetiringSecret => secrets.retiring.as_ref(),
            Copyable::SharedSecret => secrets.shared.as_ref(),
            Copyable::EnvironmentSecret(environment) => secrets
                .environments
                .iter()
                .find(|(of, _)| *of == environment)
                .map(|(_, secret)| secret),
            _ => None,
        }
    }

    pub fn environment(&self, environment: Environment) -> Option<&EnvironmentCredentials> {
        let mut kept = self.app.environments.iter();
        kept.find(|kept| kept.environment == environment)
    }

    /// Whether there are two Client Secrets. The store decides whether the old one still works.
    pub fn is_rotating(&self) -> bool {
        self.app.secrets.len() > 1
    }

    /// Whether an action has nothing to work on, so that the footer may leave it out.
    fn is_idle(&self, action: Action) -> bool {
        let in_trash = self.app.deleted_at.is_some();
        match action {
            Action::Confirm => self.tab != PageTab::Credentials,
            Action::WriteFile => self.tab != PageTab::Credentials || !self.is_on_a_file(),
            Action::Reveal => !matches!(self.tab, PageTab::Overview | PageTab::Credentials),
            Action::ProposeScopes => self.tab != PageTab::Scopes || self.proposal().is_none(),
            Action::CopySecret => !self.has_secret(),
            Action::CopySharedSecret => !self.has_shared_secret(),
            Action::FinishRotation | Action::CancelRotation => !self.is_rotating() || in_trash,
            Action::Rotate => !self.has_secret() || self.is_rotating() || in_trash,
            Action::Restore | Action::Purge => !in_trash,
            Action::OpenJwt => !self.app.spec.uses_jwt() || in_trash,
            Action::TryIt => !self.gets_tokens() || in_trash,
            Action::EditApp => in_trash,
            _ => false,
        }
    }

    /// Why an action is off.
    #[expect(clippy::too_many_lines, reason = "one match: an action each")]
    fn why_off(&self, action: Action, session: Option<&Session>) -> Option<String> {
        let in_trash = self.app.deleted_at.is_some();
        match action {
            Action::Reveal if matches!(self.tab, PageTab::Settings | PageTab::History) => {
                return Some(
                    "The secrets are in the tabs Overview (1) and Credentials (3).".to_owned(),
                );
            }
            Action::Confirm if self.tab != PageTab::Credentials => {
                return Some("Enter copies a row of the tab Credentials: press 3.".to_owned());
            }
            Action::CopySecret | Action::CopySharedSecret | Action::Reveal => {
                return self.why_no_secret(action, session);
            }
            Action::TryIt if !self.gets_tokens() => {
                return Some(
                    "This type of app does not sign in, so there is nothing to try.".to_owned(),
                );
            }
            Action::TryIt if self.app.spec.why_not_installed().is_some() => {
                return self.app.spec.why_not_installed().map(str::to_owned);
            }
            Action::SendEvent | Action::ListenEvents if !self.has_shared_secret() => {
                return Some(
                    "Interactive Messages are off for this app, so it gets no events.".to_owned(),
                );
            }
            Action::TryIt | Action::SendEvent | Action::ListenEvents if in_trash => {
                return Some("This app is in the trash. u restores it.".to_owned());
            }
            Action::TryIt | Action::SendEvent | Action::ListenEvents => {
                return self.why_not_see_secrets(session);
            }
            Action::OpenJwt if !self.app.spec.uses_jwt() => {
                return Some("This app does not use the JWT auth flow.".to_owned());
            }
            Action::Restore | Action::Purge if !in_trash => {
                return Some("This app is not in the trash. d moves it there.".to_owned());
            }
            Action::Restore | Action::Purge => {}
            Action::EditApp
            | Action::Rotate
            | Action::FinishRotation
            | Action::CancelRotation
            | Action::ToggleStatus
            | Action::Discard
            | Action::KeepProduction
            | Action::KeepSandbox
            | Action::RemoveIssued
            | Action::ProposeScopes
                if in_trash =>
            {
                return Some("This app is in the trash. u restores it.".to_owned());
            }
            Action::Rotate if !self.has_secret() => {
                return Some("This app has no Client Secret to rotate.".to_owned());
            }
            Action::Rotate if self.is_rotating() => {
                return Some(
                    "A rotation is already in progress. F finishes it, X cancels it.".to_owned(),
                );
            }
            Action::FinishRotation | Action::CancelRotation if !self.is_rotating() => {
                return Some("No rotation is in progress. R starts one.".to_owned());
            }
            Action::EditApp
            | Action::Rotate
            | Action::FinishRotation
            | Action::CancelRotation
            | Action::ToggleStatus
            | Action::Tag
            | Action::Discard
            | Action::KeepProduction
            | Action::KeepSandbox => {}
            Action::RemoveIssued if self.app.environments.is_empty() => {
                return Some(
                    "No credentials from RingCentral are stored with this app.".to_owned(),
                );
            }
            Action::RemoveIssued if self.issued_to_remove().is_none() => {
                return Some(
                    "Select the credentials to remove in the tab Credentials: production or sandbox."
                        .to_owned(),
                );
            }
            Action::RemoveIssued => {}
            Action::ProposeScopes if self.proposal().is_none() => {
                return Some(match self.usage.as_deref() {
                    None | Some([]) => "No calls to compare with: the tab Scopes shows them once the local server counted some.",
                    Some(_) => "The app requests exactly what its calls need.",
                }.to_owned());
            }
            Action::ProposeScopes => {}
            Action::WriteFile if !self.is_on_a_file() || self.tab != PageTab::Credentials => {
                return Some(
                    "w writes a .env, the JSON or a snippet to a file: select one in the tab Credentials."
                        .to_owned(),
                );
            }
            Action::Confirm | Action::WriteFile if self.is_on_a_secret() => {
                return self.why_not_see_secrets(session);
            }
            _ => return None,
        }
        session.and_then(|session| session.why_not_manage(session.owns(&self.app)))
    }

    fn why_not_see_secrets(&self, session: Option<&Session>) -> Option<String> {
        session.and_then(|session| session.why_not_see_secrets(session.owns(&self.app)))
    }

    /// Whether the cursor of the tab Credentials is on a secret, or on a file that may hold one.
    fn is_on_a_secret(&self) -> bool {
        let what = self.copyables().get(self.cursor).copied();
        what.is_some_and(Copyable::is_secret)
    }

    /// The scopes that the app should request, if they are other ones.
    fn proposal(&self) -> Option<Proposal> {
        Proposal::of(
            &self.app.spec.scopes,
            &waiting(&self.app),
            self.usage.as_deref()?,
        )
    }

    /// The stored credentials under the cursor or, elsewhere, the only ones.
    fn issued_to_remove(&self) -> Option<Environment> {
        let under_cursor = match self.copyables().get(self.cursor) {
            Some(what) if self.tab == PageTab::Credentials => what.issued_by(),
            _ => None,
        };
        let mut stored = self.app.environments.iter().map(|one| one.environment);
        match (under_cursor, stored.len()) {
            (Some(one), _) => stored.find(|stored| *stored == one),
            (None, 1) => stored.next(),
            (None, _) => None,
        }
    }

    fn logs_in(&self) -> bool {
        matches!(self.app.spec.kind, AppKind::RestApi { .. })
    }

    pub fn has_secret(&self) -> bool {
        Self::expects_secret(&self.app)
    }

    fn expects_secret(app: &App) -> bool {
        app.spec.client_type() == ClientType::Confidential
    }

    /// The page after credentials of RingCentral were kept, with the cursor on them.
    pub fn at_issued(app: Box<App>, environment: Environment) -> Self {
        let mut page = Self::new(app);
        page.tab = PageTab::Credentials;
        let mut all = page.copyables().into_iter();
        let at = all.position(|what| what == Copyable::EnvironmentId(environment));
        page.cursor = at.unwrap_or_default();
        page
    }

    pub fn has_shared_secret(&self) -> bool {
        self.app.spec.interactive_messages.is_some()
    }

    /// Why there is no secret to show or copy.
    fn why_no_secret(&self, action: Action, session: Option<&Session>) -> Option<String> {
        let there = match action {
            Action::CopySharedSecret => self.has_shared_secret(),
            Action::CopySecret => self.has_secret(),
            _ => self.has_secret() || self.has_shared_secret(),
        };
        if !there && action == Action::CopySharedSecret {
            return Some(
                "Interactive Messages are off for this app, so it has no Shared Secret.".to_owned(),
            );
        }
        if !there {
            return Some("This app has no Client Secret. It uses PKCE instead.".to_owned());
        }
        self.why_not_see_secrets(session)
    }
}
