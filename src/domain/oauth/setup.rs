//! How the local server is run.

use strum::VariantArray;

use crate::domain::app::redirect_uri::LoopbackPort;

/// Whose rules hold where RingCentral departs from the standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Profile {
    /// As RingCentral is documented and was observed.
    #[default]
    RingCentral,
    /// As RFC 6749, RFC 9700 and OAuth 2.1 have it.
    Strict,
}

impl Profile {
    pub fn label(self) -> &'static str {
        match self {
            Self::RingCentral => "ringcentral",
            Self::Strict => "strict",
        }
    }

    /// RingCentral compares redirect URIs exactly.
    pub fn loopback_port(self) -> LoopbackPort {
        match self {
            Self::RingCentral => LoopbackPort::Exact,
            Self::Strict => LoopbackPort::FreeForNative,
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::RingCentral => Self::Strict,
            Self::Strict => Self::RingCentral,
        }
    }
}

/// Ours: a port that an `.env` file can name.
pub const PORT: u16 = 8228;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// 0 for any that is free.
    pub port: u16,
    pub profile: Profile,
    /// The rate group Auth: five logins a minute for an app.
    pub limits_logins: bool,
}
