//! The causes of failures between an app and RingCentral, each with an instruction and the setting
//! that fixes it.

mod rows;

pub use crate::domain::oauth::diagnosis::rows::Cause;
use crate::domain::{
    app::{
        App,
        effective_scopes::{Lacking, why_lacking},
        scope::ScopeId,
    },
    oauth::fault::Fault,
    text,
};

/// The place where a cause is fixed.
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
    /// The JWT credentials page.
    Jwt,
    /// The form for a new JWT credential, for this app.
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

/// The console's text about one cause.
#[derive(Debug)]
pub struct Row {
    /// Error codes, OAuth errors or phrases. A message that contains one of them has this cause.
    pub signs: &'static [&'static str],
    pub what: &'static str,
    pub remedy: &'static str,
    pub setting: Option<Setting>,
}

/// A cause, with details of the single case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    pub cause: Cause,
    /// Never holds a secret.
    pub detail: Option<String>,
}

impl Diagnosis {
    /// A fault looks like the error that it imitates; this cause says that it was a fault.
    pub fn of_fault(fault: Fault) -> Self {
        Self {
            cause: Cause::FaultArmed,
            detail: Some(format!("{}: {}.", fault.label(), fault.about())),
        }
    }

    /// Why a token of the app lacks a scope. The app may have the scope now: tokens keep the scopes
    /// of their login.
    pub fn of_scope(app: &App, scope: ScopeId) -> Self {
        let name = format!("{} ({scope})", scope.scope().label);
        let comes_with = |request: ScopeId| {
            if request == scope {
                format!("It is {name}.")
            } else {
                format!("{} includes {name}.", request.scope().label)
            }
        };
        let (cause, detail) = match why_lacking(app, scope) {
            None => (Cause::ScopeNewer, format!("It is {name}.")),
            Some(Lacking::NotRequested) => (Cause::ScopeMissing, format!("It is {name}.")),
            Some(Lacking::Pending { request }) => (Cause::ScopePending, comes_with(request)),
            Some(Lacking::Rejected { request, reason }) => {
                let detail = format!("{} {}", comes_with(request), text::displayable(&reason));
                (Cause::ScopeRejected, detail.trim_end().to_owned())
            }
        };
        Self {
            cause,
            detail: Some(detail),
        }
    }

    pub fn row(&self) -> &'static Row {
        self.cause.row()
    }

    /// Not a failure: it works here, but may not work with RingCentral.
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

/// Each sign belongs to one cause. Case does not matter.
pub fn by_sign(sign: &str) -> Option<Cause> {
    let has = |cause: &Cause| {
        let mut signs = cause.row().signs.iter();
        signs.any(|one| one.eq_ignore_ascii_case(sign))
    };
    Cause::ALL.iter().copied().find(has)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::oauth::diagnosis::*;

    #[test]
    fn every_cause_is_found_by_each_of_its_signs_and_says_what_to_do() {
        let mut seen = BTreeSet::new();
        for cause in Cause::ALL {
            let row = cause.row();
            assert!(
                row.what.ends_with('.') && row.remedy.ends_with('.'),
                "{row:?}"
            );
            for sign in row.signs {
                assert!(seen.insert(*sign), "{sign} is a sign of two causes");
                assert_eq!(by_sign(sign), Some(*cause), "{sign}");
            }
        }
    }
}
