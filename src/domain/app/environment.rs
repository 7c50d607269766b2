//! The environments of RingCentral, and the credentials that it issued for an app.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{secret::Secret, time::UnixMs};

/// Where RingCentral issued credentials for an app.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Environment {
    Production,
    /// RingCentral's old test environment, retired.
    Sandbox,
}

impl Environment {
    pub fn label(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Sandbox => "RingCentral sandbox (retired)",
        }
    }

    /// Source: RingCentral's documentation, hosts of its environments.
    pub fn server_url(self) -> &'static str {
        match self {
            Self::Production => "https://platform.ringcentral.com",
            Self::Sandbox => "https://platform.devtest.ringcentral.com",
        }
    }
}

/// The issuer of credentials, and hence the only server that accepts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    LocalServer,
    RingCentral(Environment),
}

/// Credentials that RingCentral issued, as they are handed to the store. A public client has no
/// secret.
#[derive(Clone, Debug)]
pub struct Issued {
    pub environment: Environment,
    pub server_url: String,
    pub client_id: String,
    pub secret: Option<Secret>,
}

/// Credentials that RingCentral issued for an app. The secret is sealed apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentCredentials {
    pub environment: Environment,
    pub server_url: String,
    pub client_id: String,
    pub has_secret: bool,
    pub changed_at: UnixMs,
}
