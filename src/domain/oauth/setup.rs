//! The settings of the local server.

use strum::VariantArray;

use crate::domain::app::redirect_uri::LoopbackPort;

/// Whose rules apply where RingCentral differs from the standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Profile {
    /// RingCentral's, as documented and observed.
    #[default]
    RingCentral,
    /// Those of RFC 6749, RFC 9700 and OAuth 2.1.
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

/// The default port. Ours: fixed, so that an `.env` file can name it.
pub const PORT: u16 = 8228;

/// Which of RingCentral's rate limits apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateLimits {
    #[default]
    Off,
    /// Five logins a minute for each app.
    Logins,
    /// Also the groups Light, Medium and Heavy, for each app and person.
    All,
}

impl RateLimits {
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::Logins,
            Self::Logins => Self::All,
            Self::All => Self::Off,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// 0 for any free port.
    pub port: u16,
    pub profile: Profile,
    pub limits: RateLimits,
}
