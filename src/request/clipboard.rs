//! What is copied, and what may be claimed of a copy.

use crate::domain::{
    app::Environment,
    handoff::{EnvStyle, snippet::Language},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copyable {
    ClientId,
    ClientSecret,
    /// The old one, while a rotation lasts.
    RetiringSecret,
    SharedSecret,
    EnvironmentId(Environment),
    EnvironmentSecret(Environment),
    EnvFile(EnvStyle),
    BasicHeader,
    CredentialsJson,
    /// Opens the real console's form, filled in.
    NewAppLink,
    /// Of a developer who has not signed in yet.
    FirstPassword,
    JwtToken,
    /// A `.env` for the local platform.
    SandboxEnv,
    Snippet(Language),
    SandboxUrl,
    /// With a state and a challenge, which are of no use to others.
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
            Self::SandboxEnv => ".env for the sandbox",
            Self::Snippet(language) => language.label(),
            Self::SandboxUrl => "address of the local platform",
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
                | Self::SandboxUrl
                | Self::LoginUrl
        )
    }
}

/// What is known of a copy, in words that may be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub notice: String,
    /// Where it is: `on the clipboard`.
    pub place: &'static str,
    /// What happens to it in some seconds: `clears`.
    pub clears: &'static str,
}
