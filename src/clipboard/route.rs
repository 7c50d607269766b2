//! Chooses the clipboard that the person can paste from, from the environment alone. Trying one
//! after the other would be wrong: over SSH, a native tool "succeeds" on the remote machine.

use std::fmt;

use crate::environment;

/// The environment variables that tell where the person is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Any of `SSH_CONNECTION`, `SSH_TTY`, `SSH_CLIENT` is set.
    pub ssh: bool,
    /// `TMUX` is set.
    pub tmux: bool,
    /// `STY` is set: inside GNU screen.
    pub screen: bool,
    /// `TERM`, empty if unset.
    pub term: String,
    /// `DISPLAY` or `WAYLAND_DISPLAY` is set.
    pub display: bool,
    /// The macOS desktop has a clipboard, although no variable says so.
    pub macos: bool,
}

impl Environment {
    pub fn of_process() -> Self {
        Self::from_lookup(environment::var)
    }

    /// An empty variable counts as unset.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| lookup(name).is_some_and(|value| !value.is_empty());
        Self {
            ssh: set("SSH_CONNECTION") || set("SSH_TTY") || set("SSH_CLIENT"),
            tmux: set("TMUX"),
            screen: set("STY"),
            term: lookup("TERM").unwrap_or_default(),
            display: set("DISPLAY") || set("WAYLAND_DISPLAY"),
            macos: cfg!(target_os = "macos"),
        }
    }

    /// OSC 52, or no route where the terminal would swallow or print the sequence.
    pub(super) fn osc52(&self) -> Route {
        if matches!(self.term.as_str(), "" | "dumb" | "linux") {
            return Route::None {
                reason: "This terminal has no clipboard. Reveal the value instead.",
            };
        }
        let wrap = if self.screen {
            Wrap::Screen
        } else {
            Wrap::Plain
        };
        Route::Osc52 { wrap }
    }
}

/// How OSC 52 is wrapped to pass through what is between this program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    Plain,
    /// GNU screen: in pieces, each in a device control string that screen passes on.
    Screen,
}

/// The clipboard in use, chosen once at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `tmux load-buffer -w -`
    Tmux,
    /// An escape sequence for the person's terminal.
    Osc52 { wrap: Wrap },
    /// The desktop's own clipboard.
    Native,
    /// No clipboard works; `reason` says what to do.
    None { reason: &'static str },
}

impl Route {
    pub fn choose(environment: &Environment) -> Self {
        if environment.tmux {
            return Self::Tmux;
        }
        if !environment.ssh && (environment.macos || environment.display) {
            return Self::Native;
        }
        environment.osc52()
    }

    /// The variables that led to this route.
    pub fn why(self, environment: &Environment) -> &'static str {
        match self {
            Self::Tmux => "TMUX is set",
            Self::Native if environment.display => "DISPLAY or WAYLAND_DISPLAY is set, no SSH",
            Self::Native => "a desktop, no SSH",
            Self::Osc52 { wrap: Wrap::Screen } if environment.ssh => "SSH, and STY is set",
            Self::Osc52 { wrap: Wrap::Screen } => "STY is set, no desktop",
            Self::Osc52 { wrap: Wrap::Plain } if environment.ssh => {
                "SSH: the desktop is on another machine"
            }
            Self::Osc52 { wrap: Wrap::Plain } => "no desktop, tmux or screen",
            Self::None { .. } => "this TERM does not support OSC 52",
        }
    }

    /// The facts that are known after a copy and after clearing.
    pub fn known_after(self) -> &'static str {
        match self {
            Self::Tmux => {
                "the tmux buffer is cleared later; the terminal does not confirm that it copied or cleared"
            }
            Self::Osc52 { .. } => "the terminal does not confirm that it copied or cleared",
            Self::Native => "cleared later, if it is still on the clipboard",
            Self::None { .. } => "nothing is copied; reveal the value instead",
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tmux => "tmux buffer",
            Self::Osc52 { wrap: Wrap::Plain } => "terminal (OSC 52)",
            Self::Osc52 { wrap: Wrap::Screen } => "terminal through screen (OSC 52)",
            Self::Native => "desktop clipboard",
            Self::None { .. } => "none",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, Route, Wrap};

    fn choose(variables: &[(&str, &str)], macos: bool) -> Route {
        let mut environment = Environment::from_lookup(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        });
        environment.macos = macos;
        Route::choose(&environment)
    }

    #[test]
    fn the_environment_alone_decides_the_route() {
        const PLAIN: Route = Route::Osc52 { wrap: Wrap::Plain };
        const SCREEN: Route = Route::Osc52 { wrap: Wrap::Screen };
        let xterm = ("TERM", "xterm-256color");
        let ssh = ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22");
        type Case<'a> = (&'a [(&'a str, &'a str)], bool, Route);
        let cases: &[Case<'_>] = &[
            (&[xterm, ("TMUX", "/tmp/t,1,0")], false, Route::Tmux),
            (&[xterm, ssh, ("TMUX", "/tmp/t,1,0")], false, Route::Tmux),
            (&[xterm, ssh], false, PLAIN),
            (&[xterm, ("SSH_TTY", "/dev/pts/3")], false, PLAIN),
            (&[xterm, ("SSH_CLIENT", "192.0.2.1 5 22")], false, PLAIN),
            (&[xterm, ssh, ("DISPLAY", "localhost:10.0")], false, PLAIN),
            (&[xterm, ssh], true, PLAIN),
            (&[("TERM", "screen"), ssh, ("STY", "9.x")], false, SCREEN),
            (&[xterm, ("DISPLAY", ":0")], false, Route::Native),
            (&[xterm, ("WAYLAND_DISPLAY", "w-0")], false, Route::Native),
            (&[("TERM", "dumb"), ("DISPLAY", ":0")], false, Route::Native),
            (&[xterm], true, Route::Native),
            (&[xterm], false, PLAIN),
            (&[xterm, ("STY", "9.x")], false, SCREEN),
            (&[xterm, ("TMUX", ""), ("DISPLAY", "")], false, PLAIN),
        ];
        for (variables, macos, expected) in cases {
            assert_eq!(choose(variables, *macos), *expected, "{variables:?}");
        }
    }

    #[test]
    fn a_terminal_without_a_clipboard_says_to_reveal() {
        for term in ["dumb", "linux", ""] {
            let route = choose(&[("TERM", term), ("SSH_TTY", "x")], false);
            assert!(
                matches!(route, Route::None { reason } if reason.contains("Reveal")),
                "{term:?}"
            );
        }
    }
}
