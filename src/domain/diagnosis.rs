//! What goes wrong between an app and the platform, in words: a row a cause. What to do about it
//! comes with the setting that it is done in.
//! Source: the platform's error table and its developers' forum; words and mapping are ours.

use super::fault::Fault;

/// Where a cause is mended.
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
    /// The switchboard of the Sandbox.
    Faults,
}

impl Setting {
    pub fn label(self) -> &'static str {
        match self {
            Self::Auth => "Authentication method",
            Self::Platform => "the app's platform",
            Self::RedirectUris => "OAuth Redirect URIs",
            Self::RefreshTokens => "Issue refresh tokens",
            Self::Scopes => "Application Scopes",
            Self::Webhook => "Outbound Webhook URL",
            Self::Secret => "Client Secret",
            Self::Status => "the app's page",
            Self::Jwt => "JWT credentials",
            Self::NewJwt => "a new JWT credential",
            Self::People => "people",
            Self::Faults => "switchboard",
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
        ROWS.iter().find(|row| row.cause == self).unwrap_or(&FIRST)
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
    BearerUnreadable,
    NoBearer,
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
    HeaderUnreadable,
    ClientIdsDiffer,
    AppSuspended,
    TooManyRequests,
    GuessingSlowed,
    CodeUnknown,
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
    BrandUnknown,
    ScopeNotGranted,
    ConsentDenied,
    LoginRequired,
    ContentType,
    NotFound,
    NotAnEndpoint,
    Unavailable,
    FaultArmed,
    WebhookHandshake,
}

// Every cause has a row, which a test proves: this one is never taken in its stead.
static FIRST: Row = Row {
    cause: Cause::GrantNotAllowed,
    signs: &[],
    what: "The app's auth method does not allow this grant.",
    remedy: "An app has one method: JWT auth flow, or 3-legged OAuth. Change it in the app's settings, or use the grant that it has.",
    setting: Some(Setting::Auth),
};

/// The table.
pub static ROWS: &[Row] = &[
    Row {
        cause: Cause::GrantNotAllowed,
        signs: &["OAU-251", "OAU-125", "OAU-112", "unauthorized_client"],
        what: "The app's auth method does not allow this grant.",
        remedy: "An app has one method: JWT auth flow, or 3-legged OAuth. Change it in the app's settings, or use the grant that it has.",
        setting: Some(Setting::Auth),
    },
    Row {
        cause: Cause::UnsupportedGrant,
        signs: &["OAU-250", "unsupported_grant_type"],
        what: "grant_type is none that the platform knows.",
        remedy: "Send authorization_code, refresh_token or urn:ietf:params:oauth:grant-type:jwt-bearer, spelled exactly so. Passwords are not taken any more.",
        setting: None,
    },
    Row {
        cause: Cause::RedirectUriDiffers,
        signs: &["OAU-109"],
        what: "The redirect URI is not one that the app has registered, or not the one of the authorize request.",
        remedy: "They are compared character by character: http or https, the port, a slash at the end. Register the one that your app sends.",
        setting: Some(Setting::RedirectUris),
    },
    Row {
        cause: Cause::NoRedirectUri,
        signs: &["OAU-113"],
        what: "The app has no redirect URI, so there is no login page for it.",
        remedy: "An app with the JWT auth flow logs in without a browser. For a login in the browser, choose 3-legged OAuth and register a redirect URI.",
        setting: Some(Setting::Auth),
    },
    Row {
        cause: Cause::RefreshTokenReplaced,
        signs: &["OAU-213"],
        what: "The token is not known: it was replaced by a newer one, or revoked.",
        remedy: "Each refresh gives a new refresh token, which replaces the one that was sent. Keep the newest, and let one process alone refresh a session.",
        setting: None,
    },
    Row {
        cause: Cause::RefreshTokenExpired,
        signs: &["OAU-210"],
        what: "The refresh token has expired: it lives 7 days.",
        remedy: "Let the person sign in again. Refresh at least once in 7 days to keep a session.",
        setting: None,
    },
    Row {
        cause: Cause::AccessTokenExpired,
        signs: &["OAU-128", "TokenExpired"],
        what: "The access token has expired.",
        remedy: "Refresh before expires_in is over, not when a call is refused. The clocks of both sides must agree.",
        setting: None,
    },
    Row {
        cause: Cause::AccessTokenReplaced,
        signs: &["OAU-129"],
        what: "The access token was replaced by a refresh a moment ago.",
        remedy: "Use the access token of the last token response. Another process may have refreshed this session.",
        setting: None,
    },
    Row {
        cause: Cause::NoRefreshTokens,
        signs: &["no refresh_token"],
        what: "The app does not issue refresh tokens, so there is none in the answer.",
        remedy: "Switch \"Issue refresh tokens\" on in the app's settings, and sign in again.",
        setting: Some(Setting::RefreshTokens),
    },
    Row {
        cause: Cause::LifeUnreadable,
        signs: &["no expires_in"],
        what: "expires_in is missing, or is no number.",
        remedy: "SDKs count with it: a text such as \"3600\" fails in some of them. The platform sends a number of seconds.",
        setting: None,
    },
    Row {
        cause: Cause::SessionEvicted,
        signs: &["evicted"],
        what: "The session was ended by a newer one: a person has five sessions with an app.",
        remedy: "Keep one session and refresh it, in place of a login at each start or call.",
        setting: None,
    },
    Row {
        cause: Cause::ScopeMissing,
        signs: &["CMN-401", "InsufficientPermissions"],
        what: "The app does not have the scope that this call needs.",
        remedy: "Choose the scope in the app's settings. A token has the scopes of the moment of its login: sign in again afterwards.",
        setting: Some(Setting::Scopes),
    },
    Row {
        cause: Cause::ScopePending,
        signs: &["scope pending"],
        what: "The app asked for the scope, and it is not approved yet.",
        remedy: "A Developer Admin decides about it on the approvals page. Tokens do not have it until then: sign in again afterwards.",
        setting: Some(Setting::Scopes),
    },
    Row {
        cause: Cause::UserPermission,
        signs: &["CMN-408"],
        what: "The person, not the app, lacks the permission.",
        remedy: "More scopes do not help: an administrator changes the person's role in the account.",
        setting: None,
    },
    Row {
        cause: Cause::ThirdPartyBlocked,
        signs: &["ThirdPartyAppAccess"],
        what: "The account does not let in apps of other organizations.",
        remedy: "An administrator of that account allows third-party apps, or this one.",
        setting: None,
    },
    Row {
        cause: Cause::JwtAsBearer,
        signs: &["JWT as bearer"],
        what: "A JWT credential is in the Authorization header. It is no access token.",
        remedy: "Exchange it first: POST /restapi/oauth/token with grant_type jwt-bearer and the JWT as assertion. Then send the access_token of the answer.",
        setting: None,
    },
    Row {
        cause: Cause::BearerUnreadable,
        signs: &["OAU-149", "TokenInvalid"],
        what: "The access token cannot be read: it is cut, or none of this server's.",
        remedy: "Send the access_token of the token response as it is, in one line, to the server that issued it.",
        setting: None,
    },
    Row {
        cause: Cause::NoBearer,
        signs: &["AGW-401", "OAU-134"],
        what: "There is no usable Authorization header.",
        remedy: "Send Authorization: Bearer, a space, and the access token.",
        setting: None,
    },
    Row {
        cause: Cause::JwtNotForThisApp,
        signs: &["DEV-101"],
        what: "The JWT credential is not for this app.",
        remedy: "Add the app's Client ID to the credential, or choose all apps of the organization. The token stays the same.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::NoJwtCredential,
        signs: &[],
        what: "None of your JWT credentials is for this app, or the one that is has expired.",
        remedy: "Create one with this app chosen: J on the app's page.",
        setting: Some(Setting::NewJwt),
    },
    Row {
        cause: Cause::NotOnThisMachine,
        signs: &[],
        what: "No redirect URI of the app leads to this machine: the code cannot come back here.",
        remedy: "Register one that does, http://127.0.0.1:5000/oauth2callback for example.",
        setting: Some(Setting::RedirectUris),
    },
    Row {
        cause: Cause::PasswordWrong,
        signs: &["OAU-140"],
        what: "The e-mail and the password do not belong together.",
        remedy: "Here they are those of the console. A Developer Admin resets a password that is lost.",
        setting: Some(Setting::People),
    },
    Row {
        cause: Cause::SignInWaits,
        signs: &["OAU-147", "OAU-148"],
        what: "There were several wrong passwords in a row: the next try has to wait.",
        remedy: "Wait for the seconds that the page says, a minute at most.",
        setting: None,
    },
    Row {
        cause: Cause::JwtRevoked,
        signs: &["DEV-102"],
        what: "The JWT credential was revoked.",
        remedy: "Create a new one and put its token where the old one was.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::JwtExpired,
        signs: &["DEV-103"],
        what: "The JWT credential has reached its expiration date.",
        remedy: "Create a new one; leave the date out and it does not expire.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::JwtForeign,
        signs: &["OAU-165", "DEV-104"],
        what: "The assertion was signed by another workspace or platform.",
        remedy: "A JWT works where it was created. Create one here, or send this one to its own server.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::JwtUnreadable,
        signs: &["DEV-105"],
        what: "The assertion is no JWT: it is cut, or something else.",
        remedy: "Copy the token as a whole: three parts with two dots, without spaces or line breaks.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::JwtOwnerDisabled,
        signs: &["OAU-236", "OAU-232"],
        what: "The developer who signed in, or who owns the JWT credential, is disabled or was removed.",
        remedy: "An app acts as that developer. Enable them; a JWT credential is best one of a user that stays, a service user.",
        setting: Some(Setting::People),
    },
    Row {
        cause: Cause::JwtAlgorithm,
        signs: &["OAU-347"],
        what: "The assertion is signed with an algorithm that is not taken.",
        remedy: "Do not sign one yourself: send the JWT that the console shows.",
        setting: Some(Setting::Jwt),
    },
    Row {
        cause: Cause::UnknownClient,
        signs: &["OAU-153"],
        what: "No app has this Client ID.",
        remedy: "Copy it from the app's page. An app of the real platform is not known here, nor one of this console there.",
        setting: None,
    },
    Row {
        cause: Cause::IdAndSecretSwapped,
        signs: &["swapped"],
        what: "The Client Secret is where the Client ID should be.",
        remedy: "The Basic header is base64 of Client ID, a colon, and Client Secret, in this order.",
        setting: None,
    },
    Row {
        cause: Cause::WrongSecret,
        signs: &["OAU-146"],
        what: "The Client Secret is not that of this app.",
        remedy: "Copy it from the app's page. After a rotation the old one works until its end only.",
        setting: Some(Setting::Secret),
    },
    Row {
        cause: Cause::SecretMissing,
        signs: &["OAU-123"],
        what: "The app has a Client Secret, and the request does not.",
        remedy: "Send it in an Authorization: Basic header. An app that cannot keep a secret is a client-side, mobile or desktop app.",
        setting: Some(Setting::Secret),
    },
    Row {
        cause: Cause::HeaderUnreadable,
        signs: &["Invalid Authorization header"],
        what: "The Authorization header cannot be read.",
        remedy: "It is Basic, a space, and base64 in one line: no line break, no URL encoding, no quotes.",
        setting: None,
    },
    Row {
        cause: Cause::ClientIdsDiffer,
        signs: &["OAU-150"],
        what: "The body names another Client ID than the header.",
        remedy: "Send one of them, or the same in both.",
        setting: None,
    },
    Row {
        cause: Cause::AppSuspended,
        signs: &["OAU-127"],
        what: "The app is suspended.",
        remedy: "Resume it on its page.",
        setting: Some(Setting::Status),
    },
    Row {
        cause: Cause::TooManyRequests,
        signs: &["CMN-301", "too_many_requests"],
        what: "Too many requests: logins are limited to 5 a minute.",
        remedy: "Wait for the seconds of Retry-After. Keep the access token and use it until it expires, in place of a login at each call.",
        setting: None,
    },
    Row {
        cause: Cause::GuessingSlowed,
        signs: &["guessing"],
        what: "There were several wrong secrets in a row: the next try has to wait.",
        remedy: "Wait for the seconds of Retry-After, and copy the Client Secret from the app's page.",
        setting: Some(Setting::Secret),
    },
    Row {
        cause: Cause::CodeUnknown,
        signs: &["OAU-106"],
        what: "The code is not known, or was used before.",
        remedy: "A code works once. Do not repeat the token request, and do not load the redirect page twice.",
        setting: None,
    },
    Row {
        cause: Cause::CodeExpired,
        signs: &["OAU-108"],
        what: "The code is older than 60 seconds.",
        remedy: "Send it to the token endpoint at once. When stopped in a debugger, start from the login page again.",
        setting: None,
    },
    Row {
        cause: Cause::CodeOfAnother,
        signs: &["OAU-110"],
        what: "The code was issued to another app.",
        remedy: "Use one Client ID for the login page and for the token request.",
        setting: None,
    },
    Row {
        cause: Cause::TokenOfAnother,
        signs: &["OAU-120", "OAU-121"],
        what: "The token was issued to another app.",
        remedy: "Refresh and revoke with the Client ID that logged in. Keep the tokens of each app apart.",
        setting: None,
    },
    Row {
        cause: Cause::VerifierWrong,
        signs: &["DEV-111"],
        what: "code_verifier does not fit the code_challenge of the login page.",
        remedy: "Under S256 the challenge is base64url, without padding, of SHA-256 of the verifier. Keep the verifier of this very login.",
        setting: None,
    },
    Row {
        cause: Cause::VerifierMissing,
        signs: &["DEV-112"],
        what: "The login page was given a code_challenge, and the token request has no code_verifier.",
        remedy: "Send the verifier that the challenge was made of.",
        setting: None,
    },
    Row {
        cause: Cause::VerifierUnexpected,
        signs: &["DEV-113"],
        what: "There is a code_verifier, but the login page was given no code_challenge.",
        remedy: "Send code_challenge and code_challenge_method=S256 to the login page.",
        setting: None,
    },
    Row {
        cause: Cause::ChallengeMissing,
        signs: &["DEV-114"],
        what: "This kind of app has to use PKCE.",
        remedy: "Send code_challenge and code_challenge_method=S256 to the login page. Only a server-side app may do without.",
        setting: Some(Setting::Platform),
    },
    Row {
        cause: Cause::ChallengeUnusable,
        signs: &["DEV-115"],
        what: "code_challenge or its method cannot be used.",
        remedy: "43 to 128 characters of A-Z a-z 0-9 - . _ ~, and code_challenge_method=S256.",
        setting: None,
    },
    Row {
        cause: Cause::PlainChallenge,
        signs: &["DEV-116"],
        what: "code_challenge_method is plain, or missing, which means plain.",
        remedy: "Send code_challenge_method=S256: plain protects nothing that is seen.",
        setting: None,
    },
    Row {
        cause: Cause::ParameterTwice,
        signs: &["OAU-111"],
        what: "A parameter is there twice.",
        remedy: "Send each once; look at what your HTTP library adds by itself.",
        setting: None,
    },
    Row {
        cause: Cause::ParameterMissing,
        signs: &["CMN-101"],
        what: "A parameter is missing.",
        remedy: "The message names it.",
        setting: None,
    },
    Row {
        cause: Cause::ParameterWrong,
        signs: &["invalid_request"],
        what: "The request is not one that the platform can read.",
        remedy: "The message names the parameter.",
        setting: None,
    },
    Row {
        cause: Cause::ResponseType,
        signs: &["unsupported_response_type"],
        what: "response_type has to be code.",
        remedy: "The implicit flow (token) is gone. Use code, with PKCE.",
        setting: None,
    },
    Row {
        cause: Cause::BrandUnknown,
        signs: &["OAU-101"],
        what: "brand_id is none of the platform's.",
        remedy: "Leave it out, or send that of a brand, 1210 for RingCentral.",
        setting: None,
    },
    Row {
        cause: Cause::ScopeNotGranted,
        signs: &["invalid_scope"],
        what: "A scope was asked for that the app does not have.",
        remedy: "Ask for what the app has, or choose the scope in its settings.",
        setting: Some(Setting::Scopes),
    },
    Row {
        cause: Cause::ConsentDenied,
        signs: &["access_denied"],
        what: "The person pressed Deny on the consent page.",
        remedy: "Tell them why your app needs access, and let them try again.",
        setting: None,
    },
    Row {
        cause: Cause::LoginRequired,
        signs: &["login_required", "interaction_required", "consent_required"],
        what: "prompt=none, and nobody is signed in in this browser, or consented.",
        remedy: "Leave prompt out, so that the login page is shown.",
        setting: None,
    },
    Row {
        cause: Cause::ContentType,
        signs: &["CMN-120", "415"],
        what: "The body is not application/x-www-form-urlencoded.",
        remedy: "The token endpoint takes a form, not JSON.",
        setting: None,
    },
    Row {
        cause: Cause::NotFound,
        signs: &["CMN-102", "404"],
        what: "There is nothing at this path.",
        remedy: "The local platform has the OAuth endpoints, /restapi/v1.0, account/~, account/~/extension/~ and client-info.",
        setting: None,
    },
    Row {
        cause: Cause::NotAnEndpoint,
        signs: &["405"],
        what: "The path is right, the method is not.",
        remedy: "The token and revoke endpoints take POST; the others GET.",
        setting: None,
    },
    Row {
        cause: Cause::Unavailable,
        signs: &["503", "temporarily_unavailable"],
        what: "The platform cannot answer now.",
        remedy: "Wait for the seconds of Retry-After and send it again, three times at most.",
        setting: None,
    },
    Row {
        cause: Cause::FaultArmed,
        signs: &["armed fault"],
        what: "A fault of the switchboard: this is what was asked for.",
        remedy: "See that your app gets over it. The switchboard switches it off.",
        setting: Some(Setting::Faults),
    },
    Row {
        cause: Cause::WebhookHandshake,
        signs: &["SUB-520", "SUB-521", "SUB-523", "SUB-524", "SUB-525"],
        what: "The webhook address did not pass the check that creates a subscription.",
        remedy: "It has to answer the first POST with 200 within 3 s and to send the Validation-Token header back, over https.",
        setting: Some(Setting::Webhook),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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
