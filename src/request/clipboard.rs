//! Values that can be copied, and what the program may say about a copy.

use crate::domain::{
    app::Environment,
    export::{EnvStyle, snippet::Language},
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
    EnvFile(EnvStyle),
    BasicHeader,
    CredentialsJson,
    /// Opens the form in RingCentral's console, filled in.
    NewAppLink,
    /// The first password of a developer who has not signed in yet.
    FirstPassword,
    JwtToken,
    /// A `.env` file for the local server.
    LocalServerEnv,
    Snippet(Language),
    LocalServerUrl,
    /// With a state and a PKCE challenge, which are useless to others.
    LoginUrl,
}

impl Copyable {
    pub fn label(self) -> &'static str {
        match self {
            Self::ClientId => "Client ID",
            Self::ClientSecret => "Client Secret",
            Self::RetiringSecret => "retiring Client Secret",
            Self::SharedSecret => "Shared Secret",
            Self::EnvironmentId(_) => "platform's Client ID",
            Self::EnvironmentSecret(_) => "platform's Client Secret",
            Self::EnvFile(EnvStyle::Samples) => ".env (RC_APP_CLIENT_ID)",
            Self::EnvFile(EnvStyle::Sdks) => ".env (RINGCENTRAL_CLIENT_ID)",
            Self::EnvFile(EnvStyle::Readme) => ".env (RC_CLIENT_ID)",
            Self::BasicHeader => "Authorization: Basic header",
            Self::CredentialsJson => "credentials as JSON",
            Self::NewAppLink => "link to the platform's own form",
            Self::FirstPassword => "first password",
            Self::JwtToken => "JWT",
            Self::LocalServerEnv => ".env for the sandbox",
            Self::Snippet(language) => language.label(),
            Self::LocalServerUrl => "address of the local platform",
            Self::LoginUrl => "address to open",
        }
    }

    pub fn is_secret(self) -> bool {
        !matches!(
            self,
            Self::ClientId
                | Self::EnvironmentId(_)
                | Self::NewAppLink
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
