//! What goes wrong between an app and RingCentral, in words: a row a cause. What to do about it
//! comes with the setting that fixes it.

mod rows;

pub use crate::domain::oauth::diagnosis::rows::ROWS;
use crate::domain::oauth::fault::Fault;

/// Where a cause is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Auth,
    Platform,
    RedirectUris,
    RefreshTokens,
    Scopes,
    Webhook,
    /// The app's page: its Client Secret.
    Secret,
    /// The app's page: suspended or not.
    Status,
    /// The page of JWT credentials.
    Jwt,
    /// The form of a new one, for the app.
    NewJwt,
    /// The organization page.
    People,
    /// The faults of the local server.
    Faults,
}

impl Setting {
    pub fn label(self) -> &'static str {
        match self {
            Self::Auth => "Authentication method",
            Self::Platform => "where the app runs",
            Self::RedirectUris => "OAuth Redirect URIs",
            Self::RefreshTokens => "Issue refresh tokens",
            Self::Scopes => "Application Scopes",
            Self::Webhook => "Outbound Webhook URL",
            Self::Secret => "Client Secret",
            Self::Status => "the app's page",
            Self::Jwt => "JWT credentials",
            Self::NewJwt => "a new JWT credential",
            Self::People => "People",
            Self::Faults => "faults",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    pub cause: Cause,
    /// What a message has in it that means this cause: error codes, or OAuth errors.
    pub signs: &'static [&'static str],
    pub what: &'static str,
    pub remedy: &'static str,
    pub setting: Option<Setting>,
}

/// A cause, and what this very case adds to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    pub cause: Cause,
    /// Never holds a secret.
    pub detail: Option<String>,
}

impl Diagnosis {
    /// A fault looks like what it imitates; this says that it was one.
    pub fn of_fault(fault: Fault) -> Self {
        Self {
            cause: Cause::FaultArmed,
            detail: Some(format!("{}: {}.", fault.label(), fault.about())),
        }
    }

    pub fn row(&self) -> &'static Row {
        self.cause.row()
    }

    /// Nothing failed: it works here, and may not work elsewhere.
    pub fn is_warning(&self) -> bool {
        self.cause == Cause::SecretPosted
    }
}

impl From<Cause> for Diagnosis {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            detail: None,
        }
    }
}

impl Cause {
    pub fn row(self) -> &'static Row {
        let found = ROWS.iter().find(|row| row.cause == self);
        found.unwrap_or(&rows::UNKNOWN)
    }
}

/// Codes are unique to a row; words come after them.
pub fn by_sign(sign: &str) -> Option<Cause> {
    let found = ROWS
        .iter()
        .find(|row| row.signs.iter().any(|one| one.eq_ignore_ascii_case(sign)));
    found.map(|row| row.cause)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    GrantNotAllowed,
    UnsupportedGrant,
    RedirectUriDiffers,
    NoRedirectUri,
    RefreshTokenReplaced,
    RefreshTokenExpired,
    AccessTokenExpired,
    AccessTokenReplaced,
    NoRefreshTokens,
    LifeUnreadable,
    SessionEvicted,
    ScopeMissing,
    ScopePending,
    UserPermission,
    ThirdPartyBlocked,
    JwtAsBearer,
    IdTokenAsBearer,
    BearerUnreadable,
    NoBearer,
    TwoCredentials,
    StrayCharacters,
    JwtNotForThisApp,
    NoJwtCredential,
    NotOnThisMachine,
    PasswordWrong,
    SignInWaits,
    JwtRevoked,
    JwtExpired,
    JwtForeign,
    JwtUnreadable,
    JwtOwnerDisabled,
    JwtAlgorithm,
    UnknownClient,
    IdAndSecretSwapped,
    WrongSecret,
    SecretMissing,
    SecretOfPublicApp,
    SecretPosted,
    SecretJwt,
    PrivateKeyJwt,
    HeaderUnreadable,
    BearerForClient,
    ValuesDiffer,
    AppSuspended,
    TooManyRequests,
    GuessingSlowed,
    CodeUnknown,
    CodeUsedTwice,
    CodeExpired,
    CodeOfAnother,
    TokenOfAnother,
    VerifierWrong,
    VerifierMissing,
    VerifierUnexpected,
    ChallengeMissing,
    ChallengeUnusable,
    PlainChallenge,
    ParameterTwice,
    ParameterMissing,
    ParameterWrong,
    ResponseType,
    ResponseMode,
    RequestObject,
    BrandUnknown,
    ScopeNotGranted,
    ConsentDenied,
    LoginRequired,
    ConsentEachTime,
    ContentType,
    NotFound,
    ResourceNotFound,
    NotSimulated,
    NotAnEndpoint,
    Unavailable,
    FaultArmed,
    WebhookHandshake,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::oauth::diagnosis::*;

    #[test]
    fn every_row_is_found_by_each_of_its_signs_and_says_what_to_do() {
        let mut seen = BTreeSet::new();
        for row in ROWS {
            assert_eq!(row.cause.row().what, row.what);
            assert!(
                row.what.ends_with('.') && row.remedy.ends_with('.'),
                "{row:?}"
            );
            for sign in row.signs {
                assert!(seen.insert(*sign), "{sign} is in two rows");
                assert_eq!(by_sign(sign), Some(row.cause), "{sign}");
            }
        }
        // The last variant: each before it has a row, or the count would differ.
        assert_eq!(ROWS.len(), Cause::WebhookHandshake as usize + 1);
    }
}
