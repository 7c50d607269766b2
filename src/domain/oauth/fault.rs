//! Faults of the local server: switched on to test how an app handles errors.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// The names for programs are those of the variants.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    VariantArray,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    ExpiredCode,
    InvalidGrant,
    TooManyRequests,
    Unavailable,
    Slow,
    ClockSkew,
    TruncatedJson,
    WrongContentType,
    ConsentDenied,
    RevokedJwt,
    EvictedSession,
    MissingRefreshToken,
}

impl Fault {
    pub fn label(self) -> &'static str {
        match self {
            Self::ExpiredCode => "Expired code",
            Self::InvalidGrant => "invalid_grant",
            Self::TooManyRequests => "429 with Retry-After",
            Self::Unavailable => "503",
            Self::Slow => "Slow answer",
            Self::ClockSkew => "Clock skew",
            Self::TruncatedJson => "Truncated JSON",
            Self::WrongContentType => "Wrong content type",
            Self::ConsentDenied => "Consent denied",
            Self::RevokedJwt => "Revoked JWT",
            Self::EvictedSession => "Evicted session",
            Self::MissingRefreshToken => "Missing refresh token",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Self::ExpiredCode => "the authorization code counts as expired",
            Self::InvalidGrant => "the token endpoint refuses the grant",
            Self::TooManyRequests => "the token endpoint answers: wait 5 s",
            Self::Unavailable => "every answer is 503 with Retry-After",
            Self::Slow => "every answer takes 5 s",
            Self::ClockSkew => "access tokens expire an hour early",
            Self::TruncatedJson => "only half of the token response is sent",
            Self::WrongContentType => "the token response is sent as text/html",
            Self::ConsentDenied => "Allow on the consent page counts as Deny",
            Self::RevokedJwt => "the JWT credential counts as revoked",
            Self::EvictedSession => "the access token's session counts as ended",
            Self::MissingRefreshToken => "the token response has no refresh token",
        }
    }
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Armed {
    #[default]
    Off,
    Once,
    Always,
}

impl Armed {
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::Once,
            Self::Once => Self::Always,
            Self::Always => Self::Off,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Once => "once",
            Self::Always => "always",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::oauth::fault::*;

    /// Cells that are left beside the label in 80 columns.
    const ROOM: usize = 45;

    #[test]
    fn what_a_fault_does_is_read_whole() {
        for fault in Fault::ALL {
            assert!(fault.about().len() <= ROOM, "{}", fault.about());
        }
    }
}
