//! Why something asked for was not done, in one line for a person. The kind is there for what the
//! console does beside telling it.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Disabled or removed while signed in.
    AccessEnded,
    /// Somebody else chose the password.
    MustChangePassword,
    /// E-mail, password or recovery key do not match. Never says which. The next try is looked at
    /// after `wait_ms`.
    Wrong {
        wait_ms: u64,
    },
    /// Not looked at: an earlier failure has to be waited for.
    Throttled {
        wait_ms: u64,
    },
    Other,
}

impl Problem {
    /// How long the next try has to wait, in milliseconds.
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
