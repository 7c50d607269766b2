//! Values that can be copied, and what the program may say about a copy.

use crate::domain::{
    app::{Environment, Issuer},
    export::snippet::Language,
    text,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copyable {
    ClientId,
    ClientSecret,
    /// The old secret, while a rotation is in progress.
    RetiringSecret,
    SharedSecret,
    EnvironmentId(Environment),
    EnvironmentSecret(Environment),
    EnvFile(Issuer),
    BasicHeader(Issuer),
    CredentialsJson(Issuer),
    /// Opens the form in RingCentral's console, filled in.
    NewAppLink,
    /// Opens the form for a JWT credential in RingCentral's console, limited to this app.
    JwtLink,
    /// The first password of a developer who has not signed in yet.
    FirstPassword,
    JwtToken,
    /// While it is shown, once.
    RecoveryKey,
    Snippet(Language),
    LocalServerUrl,
    /// With a state and a PKCE challenge, which are useless to others.
    LoginUrl,
}

impl Copyable {
    /// The environment of RingCentral whose credentials these are.
    pub fn issued_by(self) -> Option<Environment> {
        match self {
            Self::EnvironmentId(environment)
            | Self::EnvironmentSecret(environment)
            | Self::EnvFile(Issuer::RingCentral(environment))
            | Self::BasicHeader(Issuer::RingCentral(environment))
            | Self::CredentialsJson(Issuer::RingCentral(environment)) => Some(environment),
            _ => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::ClientId => "Client ID",
            Self::ClientSecret => "Client Secret",
            Self::RetiringSecret => "old Client Secret",
            Self::SharedSecret => "Shared Secret",
            Self::EnvironmentId(Environment::Production) => "production Client ID",
            Self::EnvironmentId(Environment::Sandbox) => "retired sandbox Client ID",
            Self::EnvironmentSecret(Environment::Production) => "production Client Secret",
            Self::EnvironmentSecret(Environment::Sandbox) => "retired sandbox Client Secret",
            Self::EnvFile(Issuer::LocalServer) => ".env for the local server",
            Self::EnvFile(Issuer::RingCentral(Environment::Production)) => ".env for production",
            Self::EnvFile(Issuer::RingCentral(Environment::Sandbox)) => {
                ".env for the retired sandbox"
            }
            Self::BasicHeader(_) => "Authorization: Basic header",
            Self::CredentialsJson(_) => "credentials as JSON",
            Self::NewAppLink => "link to RingCentral's form",
            Self::JwtLink => "link for customers to create a JWT",
            Self::FirstPassword => "first password",
            Self::JwtToken => "JWT",
            Self::RecoveryKey => "recovery key",
            Self::Snippet(language) => language.label(),
            Self::LocalServerUrl => "local server URL",
            Self::LoginUrl => "login URL",
        }
    }

    /// The label as it begins a sentence.
    pub fn title(self) -> String {
        text::capitalized(self.label())
    }

    pub fn is_secret(self) -> bool {
        !matches!(
            self,
            Self::ClientId
                | Self::EnvironmentId(_)
                | Self::NewAppLink
                | Self::JwtLink
                | Self::Snippet(_)
                | Self::LocalServerUrl
                | Self::LoginUrl
        )
    }
}

/// The facts about a copy, in words that are certain to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub notice: String,
    /// The location of the copy: `on the clipboard`.
    pub place: &'static str,
    /// The end of the copy after some seconds: `clears`.
    pub clears: &'static str,
}
