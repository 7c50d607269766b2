//! How far a long operation has come, for the status line.

/// The part of an operation that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Everything is sealed under a new secrets key.
    Sealing,
    /// Client secrets are rotated, JWT credentials revoked.
    Replacing,
    /// Apps are created and changed as a manifest has them.
    Applying,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub work: Work,
    pub done: u64,
    pub total: u64,
}

impl Progress {
    /// `62,464 of 100,001 secrets sealed`
    pub fn describe(self) -> String {
        let what = match self.work {
            Work::Sealing => "secrets sealed",
            Work::Replacing => "secrets replaced",
            Work::Applying => "apps written",
        };
        format!("{} {what}", self.count())
    }

    /// `62,464 of 100,001`
    pub fn count(self) -> String {
        format!("{} of {}", grouped(self.done), grouped(self.total))
    }
}

/// `100,000`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
