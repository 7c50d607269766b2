//! The scopes of OpenID Connect Core §5.4 and §11, which no app has in its settings.

pub(super) const OPENID_SCOPE: &str = "openid";
pub(super) const OFFLINE_ACCESS: &str = "offline_access";
/// Name, label, what it allows.
pub(super) const OPENID: [(&str, &str, &str); 4] = [
    (OPENID_SCOPE, "Sign-in", "Know who you are"),
    ("email", "E-mail", "Know your e-mail address"),
    ("profile", "Profile", "Know your name"),
    (
        OFFLINE_ACCESS,
        "Offline access",
        "Stay signed in as you while you are away",
    ),
];
/// OpenID scopes without any data here. Unknown scopes are ignored (OpenID Connect Core §3.1.2.1).
pub(super) const WITHOUT_CLAIMS: [&str; 2] = ["address", "phone"];

pub(super) fn is_openid(scope: &str) -> bool {
    WITHOUT_CLAIMS.contains(&scope) || OPENID.iter().any(|(name, ..)| *name == scope)
}
