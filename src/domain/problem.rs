//! Why a request failed, in one line for a person. The kind tells the console what to do besides
//! showing it.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Disabled or removed while signed in.
    AccessEnded,
    /// An administrator set the password.
    MustChangePassword,
    /// E-mail, password or recovery key do not match; it does not say which. The next attempt is
    /// accepted after `wait_ms`.
    Wrong {
        wait_ms: u64,
    },
    /// Not checked: the wait after an earlier failure is not over.
    Throttled {
        wait_ms: u64,
    },
    Other,
}

impl Problem {
    /// The time until the next attempt is accepted, in milliseconds.
    pub fn wait_ms(&self) -> u64 {
        match self.kind {
            ProblemKind::Wrong { wait_ms } | ProblemKind::Throttled { wait_ms } => wait_ms,
            _ => 0,
        }
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self {
            kind: ProblemKind::Other,
            text,
        }
    }
}

impl From<&str> for Problem {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}
