//! The causes, a block each: the enum, its list and its texts are all made from this table.
//! Source: RingCentral's error table and its developers' forum; the wording and the mapping are ours.

use strum::IntoStaticStr;

use crate::domain::oauth::diagnosis::{Row, Setting};

macro_rules! causes {
    ($($name:ident {
        signs: [$($sign:literal),*],
        what: $what:literal,
        remedy: $remedy:literal,
        $(setting: $setting:ident,)?
    })*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
        #[strum(serialize_all = "snake_case")]
        pub enum Cause {
            $($name),*
        }

        impl Cause {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &Row {
                        signs: &[$($sign),*],
                        what: $what,
                        remedy: $remedy,
                        setting: causes!(@setting $($setting)?),
                    }),*
                }
            }
        }
    };
    (@setting) => { None };
    (@setting $setting:ident) => { Some(Setting::$setting) };
}

causes! {
    GrantNotAllowed {
        signs: ["OAU-251", "OAU-125", "OAU-112", "unauthorized_client"],
        what: "The app's authentication method does not allow this grant type.",
        remedy: "An app has one method: JWT auth flow, or 3-legged OAuth. Change it in the app's settings, or request the grant type that it allows.",
        setting: Auth,
    }
    UnsupportedGrant {
        signs: ["OAU-250", "unsupported_grant_type"],
        what: "This grant_type is not supported.",
        remedy: "Send authorization_code, refresh_token or urn:ietf:params:oauth:grant-type:jwt-bearer, spelled exactly. The password grant was removed.",
    }
    RedirectUriDiffers {
        signs: ["OAU-109"],
        what: "The redirect URI is not registered for the app, or differs from the one in the authorize request.",
        remedy: "URIs are compared character by character: http or https, the port, a slash at the end. Register the one that your app sends.",
        setting: RedirectUris,
    }
    NoRedirectUri {
        signs: ["OAU-113"],
        what: "The app has no redirect URI, so it has no login page.",
        remedy: "An app with the JWT auth flow logs in without a browser. To log in with a browser, choose 3-legged OAuth and register a redirect URI.",
        setting: Auth,
    }
    RefreshTokenReplaced {
        signs: ["OAU-213"],
        what: "The token is unknown: it was replaced by a newer one, or revoked.",
        remedy: "Each refresh returns a new refresh token that replaces the old one. Store the newest, and let only one process refresh a session.",
    }
    RefreshTokenExpired {
        signs: ["OAU-210"],
        what: "The refresh token has expired: it is valid for 7 days.",
        remedy: "Let the user sign in again. Refresh at least once in 7 days to keep a session.",
    }
    AccessTokenExpired {
        signs: ["OAU-128", "TokenExpired"],
        what: "The access token has expired.",
        remedy: "Refresh before expires_in runs out, not after a call is refused. Check the clocks on both sides.",
    }
    AccessTokenReplaced {
        signs: ["OAU-129"],
        what: "The access token was replaced by a refresh a moment ago.",
        remedy: "Use the access token of the latest token response. Another process may have refreshed this session.",
    }
    NoRefreshTokens {
        signs: ["no refresh_token"],
        what: "The response has no refresh_token: the app does not issue refresh tokens.",
        remedy: "Turn on \"Issue refresh tokens\" in the app's settings, and sign in again.",
        setting: RefreshTokens,
    }
    LifeUnreadable {
        signs: ["no expires_in"],
        what: "expires_in is missing, or not a number.",
        remedy: "SDKs calculate with it, and a string, e.g. \"3600\", breaks some of them. RingCentral sends a number of seconds.",
    }
    SessionEvicted {
        signs: ["evicted"],
        what: "A newer session ended this one: a user can have at most five sessions per app.",
        remedy: "Keep one session and refresh it, instead of logging in at each start or call.",
    }
    ScopeMissing {
        signs: ["CMN-401", "InsufficientPermissions"],
        what: "The app does not have the scope that this call needs.",
        remedy: "Add the scope in the app's settings. Then sign in again: a token keeps the scopes of its login.",
        setting: Scopes,
    }
    ScopePending {
        signs: ["scope pending"],
        what: "The app requested the scope, and it is waiting for approval.",
        remedy: "A Developer Admin must approve it on the approvals page. Then sign in again: a token keeps the scopes of its login.",
        setting: Scopes,
    }
    ScopeRejected {
        signs: ["scope rejected"],
        what: "The app requested the scope, and a reviewer rejected it.",
        remedy: "Change the justification in the app's settings and save: that requests it again. Or call what needs no approval.",
        setting: Scopes,
    }
    ScopeNewer {
        signs: ["scope newer"],
        what: "The app has the scope now, but the token is older.",
        remedy: "Sign in again: a token keeps the scopes of its login.",
    }
    UserPermission {
        signs: ["CMN-408"],
        what: "The user, not the app, lacks the permission.",
        remedy: "More scopes do not help. Ask an administrator of the account to change the user's role.",
    }
    ThirdPartyBlocked {
        signs: ["ThirdPartyAppAccess"],
        what: "The account blocks apps of other organizations.",
        remedy: "Ask an administrator of that account to allow third-party apps, or this app.",
    }
    JwtAsBearer {
        signs: ["JWT as bearer"],
        what: "The Authorization header has a JWT credential, which is not an access token.",
        remedy: "Exchange it first: POST /restapi/oauth/token with grant_type jwt-bearer and the JWT as assertion. Then send the access_token of the response.",
    }
    IdTokenAsBearer {
        signs: ["ID token as bearer"],
        what: "The Authorization header has an ID token. It says who signed in; the API does not accept it.",
        remedy: "Send the access_token of the same token response instead of its id_token.",
    }
    BearerUnreadable {
        signs: ["OAU-149", "TokenInvalid"],
        what: "The access token cannot be read: it is cut off, or from another server.",
        remedy: "Send the access_token of the token response unchanged, in one line, to the server that issued it.",
    }
    NoBearer {
        signs: ["AGW-401", "OAU-134"],
        what: "The Authorization header is missing or cannot be used.",
        remedy: "Send Authorization: Bearer, a space, and the access token.",
    }
    TwoCredentials {
        signs: ["DEV-117"],
        what: "The request authenticates in two ways at once.",
        remedy: "Send the token or the secret in one place only: the Authorization header (RFC 6749 §2.3, RFC 6750 §2).",
    }
    StrayCharacters {
        signs: ["stray characters"],
        what: "A value has extra characters at its start or end.",
        remedy: "Remove them where your program reads the value: a line break from a file or echo (use printf, or trim it), quotes from a .env file.",
    }
    JwtNotForThisApp {
        signs: ["DEV-101"],
        what: "The JWT credential does not allow this app.",
        remedy: "Add the app's Client ID to the credential, or choose all apps of the organization. The token stays the same.",
        setting: Jwt,
    }
    NoJwtCredential {
        signs: [],
        what: "None of your JWT credentials allows this app, or the one that does has expired.",
        remedy: "Create one with this app selected: J on the app's page.",
        setting: NewJwt,
    }
    NotOnThisMachine {
        signs: [],
        what: "None of the app's redirect URIs points to this machine, so the code cannot arrive here.",
        remedy: "Register one that does, e.g. http://127.0.0.1:5000/oauth2callback.",
        setting: RedirectUris,
    }
    PasswordWrong {
        signs: ["OAU-140"],
        what: "The e-mail and the password do not match.",
        remedy: "Use your e-mail and password of the console. A Developer Admin can reset a lost password.",
        setting: People,
    }
    SignInWaits {
        signs: ["OAU-147", "OAU-148"],
        what: "Too many wrong passwords in a row: wait before the next try.",
        remedy: "Wait until the countdown ends (60 s at most).",
    }
    JwtRevoked {
        signs: ["DEV-102"],
        what: "The JWT credential was revoked.",
        remedy: "Create a new one and replace the old token with it.",
        setting: Jwt,
    }
    JwtExpired {
        signs: ["DEV-103"],
        what: "The JWT credential has reached its expiration date.",
        remedy: "Create a new one. Without a date, it never expires.",
        setting: Jwt,
    }
    JwtForeign {
        signs: ["OAU-165", "DEV-104"],
        what: "The assertion was signed by another workspace or by RingCentral.",
        remedy: "A JWT works only where it was created. Create one here, or send this one to its own server.",
        setting: Jwt,
    }
    JwtUnreadable {
        signs: ["DEV-105"],
        what: "The assertion is not a complete JWT.",
        remedy: "Copy the whole token: three parts with two dots, without spaces or line breaks.",
        setting: Jwt,
    }
    JwtOwnerDisabled {
        signs: ["OAU-236", "OAU-232"],
        what: "The developer who signed in, or who owns the JWT credential, is disabled or was removed.",
        remedy: "Enable the developer: the app acts as them. Better: create JWT credentials as a service user.",
        setting: People,
    }
    JwtAlgorithm {
        signs: ["OAU-347"],
        what: "The assertion is signed with an algorithm that is not accepted.",
        remedy: "Do not sign one yourself: send the JWT that the console shows.",
        setting: Jwt,
    }
    UnknownClient {
        signs: ["OAU-153"],
        what: "No app has this Client ID.",
        remedy: "Copy it from the app's page. Apps registered with RingCentral are unknown here, and apps of this console are unknown there.",
    }
    IdAndSecretSwapped {
        signs: ["swapped"],
        what: "The Client Secret is where the Client ID belongs.",
        remedy: "The Basic header is base64 of Client ID, a colon, and Client Secret, in this order.",
    }
    WrongSecret {
        signs: ["OAU-146"],
        what: "The Client Secret does not belong to this app.",
        remedy: "Copy it from the app's page. After a rotation the old secret works only until its end date.",
        setting: Secret,
    }
    SecretMissing {
        signs: ["OAU-123"],
        what: "The app has a Client Secret, and the request does not send it.",
        remedy: "Send it in an Authorization: Basic header. Only client-side, mobile and desktop apps have no secret.",
        setting: Secret,
    }
    SecretOfPublicApp {
        signs: ["secret of a public app"],
        what: "The request sends a Client Secret, and this app has none.",
        remedy: "Client-side, mobile and desktop apps send client_id and a PKCE code_verifier instead. Only a server-side web app has a secret.",
        setting: Platform,
    }
    SecretPosted {
        signs: ["client_secret_post"],
        what: "The Client Secret is in the body (client_secret_post). The local server accepts it; RingCentral's metadata does not list this method.",
        remedy: "Send the secret in an Authorization: Basic header (client_secret_basic), which works with both.",
    }
    SecretJwt {
        signs: ["DEV-118", "client_secret_jwt"],
        what: "The local server cannot check client_secret_jwt: it stores a digest of the Client Secret, not the secret.",
        remedy: "RingCentral's metadata lists this method. Authenticate with client_secret_basic when you test here.",
    }
    PrivateKeyJwt {
        signs: ["DEV-119", "private_key_jwt"],
        what: "The local server cannot check private_key_jwt: no public key is registered for the app.",
        remedy: "RingCentral's metadata lists this method, but the console has no field for a key. Authenticate with client_secret_basic when you test here.",
    }
    HeaderUnreadable {
        signs: ["Invalid Authorization header"],
        what: "The Authorization header cannot be read.",
        remedy: "Send Basic, a space, and base64 in one line, without line breaks, URL encoding or quotes.",
    }
    BearerForClient {
        signs: ["OAU-151"],
        what: "The request sends an access token where the app authenticates itself.",
        remedy: "Do not add Authorization: Bearer to token, revoke and introspect requests: exclude them from your HTTP client's interceptor. An app without a secret sends client_id in the body.",
    }
    ValuesDiffer {
        signs: ["OAU-150"],
        what: "The request has two different values for the same parameter.",
        remedy: "Send one of them, or the same value in both places.",
    }
    AppSuspended {
        signs: ["OAU-127"],
        what: "The app is suspended.",
        remedy: "Resume it on its page.",
        setting: Status,
    }
    TooManyRequests {
        signs: ["CMN-301", "too_many_requests"],
        what: "Too many requests: logins are limited to 5 a minute.",
        remedy: "Wait as many seconds as Retry-After says. Store the access token and use it until it expires, instead of logging in for each call.",
    }
    RateExceeded {
        signs: ["rate group"],
        what: "Too many calls of one rate group in a minute.",
        remedy: "Wait as many seconds as Retry-After says: each call before that starts the wait again.",
    }
    GuessingSlowed {
        signs: ["guessing"],
        what: "Too many wrong secrets in a row: wait before the next try.",
        remedy: "Wait as many seconds as Retry-After says, and copy the Client Secret from the app's page.",
        setting: Secret,
    }
    CodeUnknown {
        signs: ["OAU-106"],
        what: "The code is unknown, or was used before.",
        remedy: "A code works once. Do not repeat the token request, and do not load the redirect page twice.",
    }
    CodeUsedTwice {
        signs: ["code used twice"],
        what: "The code was used before, so its tokens were revoked (RFC 6749 §4.1.2).",
        remedy: "Exchange a code once. React StrictMode runs effects twice in development: guard the exchange, or do it outside of the effect.",
    }
    CodeExpired {
        signs: ["OAU-108"],
        what: "The code is older than 60 seconds.",
        remedy: "Exchange it immediately. After a pause in a debugger, start again at the login page.",
    }
    CodeOfAnother {
        signs: ["OAU-110"],
        what: "The code was issued to another app.",
        remedy: "Use one Client ID for the login page and for the token request.",
    }
    TokenOfAnother {
        signs: ["OAU-120", "OAU-121"],
        what: "The token was issued to another app.",
        remedy: "Refresh and revoke with the Client ID that logged in. Keep the tokens of each app apart.",
    }
    VerifierWrong {
        signs: ["DEV-111"],
        what: "code_verifier does not match the code_challenge of the authorize request.",
        remedy: "With S256 the challenge is base64url, without padding, of SHA-256 of the verifier. Store the verifier of this login.",
    }
    VerifierMissing {
        signs: ["DEV-112"],
        what: "The authorize request had a code_challenge, but the token request has no code_verifier.",
        remedy: "Send the code_verifier that the code_challenge was made from.",
    }
    VerifierUnexpected {
        signs: ["DEV-113"],
        what: "The request has a code_verifier, but the authorize request had no code_challenge.",
        remedy: "Send code_challenge and code_challenge_method=S256 in the authorize request.",
    }
    ChallengeMissing {
        signs: ["DEV-114"],
        what: "This type of app must use PKCE.",
        remedy: "Send code_challenge and code_challenge_method=S256 in the authorize request. PKCE is optional for server-side web apps only.",
        setting: Platform,
    }
    ChallengeUnusable {
        signs: ["DEV-115"],
        what: "code_challenge or its method is not valid.",
        remedy: "Send 43 to 128 characters of A-Z a-z 0-9 - . _ ~, and code_challenge_method=S256.",
    }
    PlainChallenge {
        signs: ["DEV-116"],
        what: "code_challenge_method is plain, or missing, which means plain.",
        remedy: "Send code_challenge_method=S256: with plain, anyone who sees the challenge knows the verifier.",
    }
    ParameterTwice {
        signs: ["OAU-111"],
        what: "A parameter is sent twice.",
        remedy: "Send each once. Check what your HTTP library adds by itself.",
    }
    ParameterMissing {
        signs: ["CMN-101"],
        what: "A parameter is missing.",
        remedy: "Add the parameter that the message names.",
    }
    ParameterWrong {
        signs: ["invalid_request"],
        what: "The request cannot be read.",
        remedy: "Correct the parameter that the message names.",
    }
    ResponseType {
        signs: ["unsupported_response_type"],
        what: "response_type must be code.",
        remedy: "The implicit flow (token) was removed. Use code, with PKCE.",
    }
    ResponseMode {
        signs: ["DEV-121"],
        what: "This response_mode is not supported.",
        remedy: "Send query, fragment or form_post, or omit it. form_post needs an http or https redirect URI.",
    }
    RequestObject {
        signs: ["request_not_supported", "request_uri_not_supported", "registration_not_supported"],
        what: "Request objects (request, request_uri, registration) are not supported.",
        remedy: "Send the parameters themselves, in the query (OpenID Connect Core §6.1, §6.2).",
    }
    BrandUnknown {
        signs: ["OAU-101"],
        what: "brand_id is not a RingCentral brand.",
        remedy: "Omit it, or send the ID of a brand, e.g. 1210 for RingCentral.",
    }
    ScopeNotGranted {
        signs: ["invalid_scope"],
        what: "The request asks for a scope that the app does not have.",
        remedy: "Request the scopes that the app has, or add the scope in its settings.",
        setting: Scopes,
    }
    ConsentDenied {
        signs: ["access_denied"],
        what: "The user pressed Deny on the consent page.",
        remedy: "Explain why your app needs access, and let them try again.",
    }
    LoginRequired {
        signs: ["login_required", "interaction_required", "consent_required", "account_selection_required"],
        what: "prompt=none needs a user who is signed in in this browser and has allowed the app.",
        remedy: "Omit prompt to show the login page.",
    }
    ConsentEachTime {
        signs: ["consent each time"],
        what: "The strict profile asks for consent at each login of an app without a secret: prompt=none never succeeds.",
        remedy: "Any program on this machine could pretend to be the app (RFC 8252 §8.6). Omit prompt, or keep the session with refresh tokens.",
    }
    ContentType {
        signs: ["DEV-415"],
        what: "The body is not application/x-www-form-urlencoded.",
        remedy: "Send a form, not JSON.",
    }
    NotFound {
        signs: ["CMN-120"],
        what: "RingCentral's API has no such path.",
        remedy: "Check the path for typos: version, plural, slashes. A path starts with /restapi/v1.0, or with another part of the API.",
    }
    ResourceNotFound {
        signs: ["CMN-102"],
        what: "The account has no such resource.",
        remedy: "Use ~ for your own account and extension, or an ID from an earlier response of this server.",
    }
    NotSimulated {
        signs: ["CMN-202"],
        what: "Only the local server lacks this operation: RingCentral has it.",
        remedy: "Token and scope are right. Test this call against RingCentral. The local server answers account/~, its extensions and client-info, and empty lists.",
    }
    NotAnEndpoint {
        signs: ["DEV-405"],
        what: "The path is right, the method is not.",
        remedy: "The token, revoke and introspect endpoints take POST. The Allow header of the response names the methods.",
    }
    Unavailable {
        signs: ["temporarily_unavailable"],
        what: "The server is unavailable.",
        remedy: "Wait as many seconds as Retry-After says, then send the request again, three times at most.",
    }
    Refused {
        signs: ["status 400"],
        what: "The request is wrong (400). The response body says how: error, error_description and errorCode.",
        remedy: "Explain the whole body. Do not repeat the request unchanged: the answer stays the same.",
    }
    ServerFailed {
        signs: ["status 500"],
        what: "The server failed, or did not answer in time (408, 500).",
        remedy: "Send the request again after 10 s, three times at most. It need not be your request.",
    }
    GatewayFailed {
        signs: ["status 502"],
        what: "A gateway got no valid response from the server behind it (502, 504; RFC 9110 §15.6).",
        remedy: "RingCentral has no rule for it. After a timeout it advises three more tries, 10 s apart.",
    }
    FaultArmed {
        signs: ["armed fault"],
        what: "You switched on a fault: the local server failed on purpose.",
        remedy: "Check that your app recovers. Switch the fault off on the faults page.",
        setting: Faults,
    }
    WebhookHandshake {
        signs: ["SUB-520", "SUB-521", "SUB-523", "SUB-524", "SUB-525"],
        what: "The webhook URL did not pass the check that creates a subscription.",
        remedy: "It must answer the first POST with 200 within 3 s, over https, and return the Validation-Token header.",
        setting: Webhook,
    }
}
