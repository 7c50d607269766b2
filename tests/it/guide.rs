//! Each statement of RingCentral's guide to registering an app that guides a choice is made, or
//! enforced, where the choice is made.

use std::fs;

/// The statement of the guide; the file below `src`; words of the sentence there.
type Statement = (&'static str, &'static str, &'static [&'static str]);

const APP_TYPE: &str = "screens/create_app/sections/app_type.rs";
const PROPERTIES: &str = "screens/create_app/sections/properties.rs";
const APP_CARD: &str = "screens/create_app/sections/app_card.rs";
const AUTH: &str = "screens/create_app/sections/auth.rs";
const SECURITY: &str = "screens/create_app/sections/security.rs";
const FEATURES: &str = "screens/create_app/sections/features.rs";
const EDITING: &str = "screens/create_app/editing.rs";
const URI: &str = "domain/app/redirect_uri/error.rs";
const APP: &str = "screens/app/view/overview.rs";
const CREDENTIALS: &str = "screens/app/view/credentials.rs";
const JWT: &str = "screens/jwt/form.rs";
const JWTS: &str = "screens/jwt/view.rs";
const LOCAL: &str = "domain/oauth/diagnosis/rows.rs";

/// Tabs "App Type", "Properties", "App Card", and the button before them.
const THE_APP: &[Statement] = &[
    (
        "Create App may be off: an administrator can allow it",
        "desk/mod.rs",
        &["Create app is off", "Ask {whom} for the Developer role"],
    ),
    (
        "A REST API App is the most common type",
        APP_TYPE,
        &["REST API App (most common)"],
    ),
    (
        "One REST API App reaches all APIs",
        APP_TYPE,
        &["any RingCentral API"],
    ),
    (
        "A bot lives in team messaging and answers its users",
        APP_TYPE,
        &["A bot in team messaging that users talk to"],
    ),
    (
        "Notification Add-ins are deprecated, and hidden from many",
        APP_TYPE,
        &["deprecated", "hidden from many"],
    ),
    (
        "A Notification Add-in cannot update its messages: build a bot instead",
        APP_TYPE,
        &["cannot update what it posts", "or a Bot Add-in"],
    ),
    (
        "The type decides which options there are, and cannot be changed",
        APP_TYPE,
        &["other tabs depend on it", "cannot be changed"],
    ),
    (
        "The type of an existing app cannot be changed",
        EDITING,
        &["The app type cannot be changed"],
    ),
    (
        "The App Name is never public, and tells stages of an app apart",
        PROPERTIES,
        &["Nothing here is shown to the public", "Orders (staging)"],
    ),
    (
        "Somebody receives important messages about the app, and answers them",
        PROPERTIES,
        &["receives and answers important messages"],
    ),
    (
        "Whether the app will be in the App Gallery is asked for internal use",
        PROPERTIES,
        &["Internal only, and not binding"],
    ),
    (
        "An app has at most 64 characters in its name, 20 to 256 in its description",
        PROPERTIES,
        &["Up to 64 characters", "20 to 256 characters"],
    ),
    (
        "The Display Name is what users see",
        APP_CARD,
        &["The public name of the app"],
    ),
    (
        "The app card is shown throughout the App Gallery",
        APP_CARD,
        &["What users see, also in the App Gallery"],
    ),
    (
        "Bots and add-ins need a Display Name and an icon, because they post under them",
        APP_CARD,
        &[
            "posts under this name and icon",
            ".required_if(posts_under_it)",
        ],
    ),
];

/// Tab "Auth".
const SIGN_IN: &[Statement] = &[
    (
        "3-legged OAuth: many users, through a user interface",
        AUTH,
        &["Many users with a UI: 3-legged OAuth"],
    ),
    (
        "JWT: a service user, no user interface, scripts",
        AUTH,
        &["One service user, no UI: JWT", "Scripts use JWT"],
    ),
    (
        "The password flow is deprecated: scripts use JWT",
        AUTH,
        &["the password flow was removed"],
    ),
    (
        "Client-side, mobile and desktop apps have no secret, and use PKCE",
        AUTH,
        &["No secret, PKCE required", "All others must use PKCE"],
    ),
    (
        "PKCE is recommended for server-side apps too",
        AUTH,
        &["Secret, PKCE recommended"],
    ),
    (
        "The redirect URI must match exactly",
        AUTH,
        &["Must match exactly what the app sends"],
    ),
    (
        "At most 10 redirect URIs, none of them twice",
        AUTH,
        &["Use at most {REDIRECT_URIS_MAX}", "Same as redirect URI"],
    ),
    (
        "No wildcards in a redirect URI",
        URI,
        &["wildcards (*) are not supported"],
    ),
    (
        "Refresh tokens keep users signed in",
        AUTH,
        &["without a new sign-in"],
    ),
    (
        "Refresh tokens are highly recommended with 3-legged OAuth",
        AUTH,
        &["Without refresh tokens, users sign in again"],
    ),
    (
        "An access token is valid for an hour, a refresh token for 7 days and once",
        AUTH,
        &["(1 hour)", "valid for 7 days and works once"],
    ),
    (
        "A recurring job refreshes every stored token once a day",
        AUTH,
        &["daily job", "every stored token"],
    ),
    (
        "With JWT, a new access token needs no refresh token",
        AUTH,
        &["or a JWT is exchanged again"],
    ),
    (
        "A bot gets a permanent token at its redirect URI when it is installed",
        AUTH,
        &["permanent token when it is installed", "a private bot at"],
    ),
    (
        "A public bot exchanges a code for its token",
        AUTH,
        &["public bot for the code it receives"],
    ),
    (
        "RingCentral must be able to reach the server of a bot",
        AUTH,
        &["RingCentral must be able to reach that URI"],
    ),
    (
        "A Notification Add-in gets no access token",
        AUTH,
        &["has no access token"],
    ),
];

/// Tab "Security".
const ACCESS: &[Statement] = &[
    (
        "Request only the scopes that the app needs",
        SECURITY,
        &["Request only the permissions your app needs"],
    ),
    (
        "The scopes of a bot",
        SECURITY,
        &["Messaging, Webhook Subscriptions and Read Accounts"],
    ),
    (
        "A scope gives users nothing that their role does not allow",
        SECURITY,
        &["The user's role must allow it too"],
    ),
    (
        "A scope may include others",
        SECURITY,
        &["Also includes: {}"],
    ),
    (
        "Some scopes need approval, because they allow sensitive operations",
        SECURITY,
        &["sensitive operations", "approves or rejects"],
    ),
    (
        "A detailed justification is more likely to be approved",
        SECURITY,
        &["Give details", "why the app needs it in at least"],
    ),
    (
        "Public and private: whose credentials sign in",
        SECURITY,
        &["Whose credentials sign in"],
    ),
    (
        "Private apps are the most common, for use inside the company",
        SECURITY,
        &["Most apps: for internal tools, only credentials of your own"],
    ),
    (
        "A product whose own customers never sign in is private",
        SECURITY,
        &["CPaaS", "Communication Platform as a Service", "private"],
    ),
    (
        "Public: to sell, for the App Gallery, for federated accounts",
        SECURITY,
        &["To sell or list the app, or for federated accounts"],
    ),
    (
        "A private app is not in the App Gallery",
        SECURITY,
        &["Only public apps can be in the App Gallery"],
    ),
    (
        "Public apps get greater scrutiny",
        SECURITY,
        &["greater scrutiny"],
    ),
    (
        "A public app remains public",
        EDITING,
        &["A public app cannot be made private"],
    ),
    (
        "All current and future partners are recommended",
        SECURITY,
        &["All current and future partners (recommended)"],
    ),
    (
        "Choosing a partner allows RingCentral to promote the app there",
        SECURITY,
        &["You allow RingCentral to promote the app in each"],
    ),
    (
        "AT&T and Verizon have further technical requirements",
        SECURITY,
        &["AT&T and Verizon run separately"],
    ),
];

/// Tab "Features".
const EXTRAS: &[Statement] = &[
    (
        "Interactive messages have buttons and forms; bots and add-ins use them most",
        FEATURES,
        &["cards with buttons or forms, mostly of bots and add-ins"],
    ),
    (
        "The outbound webhook URL receives their events",
        FEATURES,
        &["RingCentral posts events here"],
    ),
    (
        "The shared secret is confidential and verifies events",
        FEATURES,
        &["your server can verify them. Keep it confidential"],
    ),
    (
        "Dialogs show only pages of approved hosts; a wildcard approves subdomains",
        FEATURES,
        &[
            "Hosts that dialogs can show",
            "*.example.com for its subdomains",
        ],
    ),
    (
        "Integrated installation is part of every Notification Add-in",
        FEATURES,
        &["Part of every Notification Add-in"],
    ),
    (
        "The instructions for a manual installation are the developer's own",
        FEATURES,
        &["Replace the template"],
    ),
    (
        "The webhook URL stands in the instructions, ready to copy",
        FEATURES,
        &["becomes the webhook URL with a copy button"],
    ),
    (
        "A web installation is recommended, in a frame of 570 by 260",
        FEATURES,
        &["Recommended: more people finish", "a frame of 570 by 260"],
    ),
    (
        "A web installation needs OAuth and an API for webhooks at the other service",
        FEATURES,
        &["needs OAuth and an API for webhooks"],
    ),
    (
        "The page is one form without a submit button, also used to edit",
        FEATURES,
        &["for installing and editing: one form without a submit button"],
    ),
    (
        "The page receives the webhook URL",
        FEATURES,
        &["receives the webhook URL as ?webhook="],
    ),
];

/// The form of a JWT credential, and the pages of issued credentials.
const CREDENTIAL: &[Statement] = &[
    (
        "A JWT credential belongs to a user, not to an app",
        JWTS,
        &["belongs to you, not to an app"],
    ),
    (
        "The permissions of its user apply",
        JWT,
        &["it acts with your permissions"],
    ),
    (
        "It stops with its user's account: use a service user",
        JWT,
        &["stops working if that account is disabled", "service user"],
    ),
    ("It is like a password", JWT, &["A JWT is like a password"]),
    (
        "For all apps of the organization: convenient inside the company",
        JWT,
        &["all apps for use inside your company only"],
    ),
    (
        "For chosen apps: the only safe way to share it, also with another organization",
        JWT,
        &[
            "only safe way to share a JWT",
            "Also for apps of other organizations",
        ],
    ),
    (
        "An app of another organization is named by its Client ID",
        JWT,
        &["those of other organizations by Client ID"],
    ),
    (
        "The app must use the JWT auth flow",
        JWT,
        &["Apps that use the JWT auth flow"],
    ),
    (
        "Every app presents its own Client Secret as well",
        JWT,
        &["Each also needs its own Client Secret"],
    ),
    (
        "It never expires unless a date is set",
        JWT,
        &["Empty: never expires"],
    ),
    (
        "It cannot change once it is generated",
        JWT,
        &["the JWT stays the same"],
    ),
    (
        "A Developer Admin creates credentials of others",
        JWT,
        &["for {}"],
    ),
    (
        "Its owner or an administrator can revoke it",
        "screens/jwt/update.rs",
        &["can no longer sign in"],
    ),
    (
        "A new JWT app needs a JWT credential next",
        APP,
        &["J creates a JWT credential for this app"],
    ),
    (
        "A JWT is exchanged for an access token, and is not one",
        APP,
        &["Exchange the JWT for an access token"],
    ),
    (
        "Reuse the access token: logins are limited",
        APP,
        &["Keep the token until it expires", "five logins a minute"],
    ),
    (
        "An app on its users' devices has no Client Secret",
        CREDENTIALS,
        &["where a secret is not safe. It uses PKCE"],
    ),
    (
        "A link opens the form of a JWT credential for customers of a public app",
        CREDENTIALS,
        &["for this app only"],
    ),
    (
        "A scope that is missing in the app, or in the role of the user",
        LOCAL,
        &[
            "Add the scope in the app's settings",
            "More scopes do not help",
        ],
    ),
];

/// What the guide says elsewhere in a different way, and what is done instead.
const NOT_FOLLOWED: &[Statement] = &[
    (
        "One page says that refresh tokens are not issued by default. Its pictures show the \
         opposite, and recommend them",
        AUTH,
        &["issue_refresh_tokens: Some(true)"],
    ),
    (
        "The pictures show public preselected. It cannot be undone, so nothing is preselected",
        SECURITY,
        &["public: None"],
    ),
    (
        "The guide asks for a shared secret of one's own. The form generates it",
        FEATURES,
        &["Control::Generated"],
    ),
];

#[test]
fn each_statement_of_the_guide_is_made_where_the_choice_is_made() {
    let tables = [THE_APP, SIGN_IN, ACCESS, EXTRAS, CREDENTIAL];
    for statement in tables.into_iter().flatten() {
        check(statement);
    }
}

#[test]
fn what_is_done_otherwise_is_done_on_purpose() {
    for statement in NOT_FOLLOWED {
        check(statement);
    }
}

fn check((statement, file, words): &Statement) {
    let package = env!("CARGO_MANIFEST_DIR");
    let source = fs::read_to_string(format!("{package}/src/{file}")).unwrap();
    // A sentence may continue in the next line of the source.
    let parts: Vec<&str> = source.split_whitespace().collect();
    let text = parts.join(" ").replace("\\ ", "");
    for word in *words {
        assert!(
            text.contains(word),
            "{statement}: {word:?} is not in {file}"
        );
    }
}
