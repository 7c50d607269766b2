//! Redirect URIs from the tests of other authorization servers, against our
//! stricter verdict (the `strict` field; `expect` is the peer's own).

use devconsole::domain::app::redirect_uri::{LoopbackPort, RedirectPolicy, RedirectUri};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    uri: String,
    context: Context,
    phase: Phase,
    #[serde(default)]
    registered: Vec<String>,
    strict: Verdict,
    why: String,
}

/// `private` and `public` are OAuth's confidential and public client here.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Context {
    Web,
    Native,
    Private,
    Public,
}

impl Context {
    fn policy(self) -> RedirectPolicy {
        match self {
            Self::Web | Self::Private => RedirectPolicy::Confidential,
            Self::Public => RedirectPolicy::BrowserBased,
            Self::Native => RedirectPolicy::Native,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Register,
    Match,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Accept,
    Reject,
}

impl From<bool> for Verdict {
    fn from(accepted: bool) -> Self {
        if accepted { Self::Accept } else { Self::Reject }
    }
}

fn check_all(phase: Phase, verdict: impl Fn(&Case) -> Verdict) {
    let file = include_str!("../data/redirect_cases.json");
    let cases: Vec<Case> =
        serde_json::from_str(file).unwrap_or_else(|error| panic!("the cases: {error}"));
    let (mut checked, mut wrong) = (0, Vec::new());
    for case in cases.iter().filter(|case| case.phase == phase) {
        checked += 1;
        let ours = verdict(case);
        if ours != case.strict {
            wrong.push(format!(
                "{} {:?}: {ours:?} ({})",
                case.id, case.uri, case.why
            ));
        }
    }
    assert!(checked > 50, "only {checked} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn registration_agrees_with_every_case() {
    check_all(Phase::Register, |case| {
        RedirectUri::parse(&case.uri, case.context.policy())
            .is_ok()
            .into()
    });
}

#[test]
fn presentation_agrees_with_every_case() {
    // A URI that cannot be registered matches nothing. Public clients with a free port are
    // native apps there, too.
    check_all(Phase::Match, |case| {
        let policy = match case.context {
            Context::Public => RedirectPolicy::Native,
            other => other.policy(),
        };
        case.registered
            .iter()
            .filter_map(|uri| RedirectUri::parse(uri, policy).ok())
            .any(|uri| uri.matches(&case.uri, policy, LoopbackPort::FreeForNative))
            .into()
    });
}
