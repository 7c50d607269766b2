//! All environments by name: the route, the exact bytes or commands, the exact notices.

use std::{ffi::OsString, fs};

use super::{Cleared, Clipboard, Copied, Environment, Provider, Route, Wrap, tmux::Tmux};
use crate::domain::secret::Secret;

const SECRET: &str = "s3cret";
const XTERM: (&str, &str) = ("TERM", "xterm-256color");
const IN_SCREEN: (&str, &str) = ("TERM", "screen.xterm-256color");
const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22");
const TMUX: (&str, &str) = ("TMUX", "/tmp/t,1,0");
const STY: (&str, &str) = ("STY", "9.pts-0.host");
const DISPLAY: (&str, &str) = ("DISPLAY", ":0");

/// No other route is tried while tmux works.
const NOWHERE: Route = Route::None { reason: "" };

const PLAIN: Expected = Expected {
    route: Route::Osc52 { wrap: Wrap::Plain },
    copy: How::Bytes(b"\x1b]52;c;czNjcmV0\x07"),
    clear: How::Bytes(b"\x1b]52;c;\x07"),
    notice: "sent to the terminal's clipboard",
    cleared: "Asked the terminal to clear its clipboard",
};
const THROUGH_SCREEN: Expected = Expected {
    route: Route::Osc52 { wrap: Wrap::Screen },
    copy: How::Bytes(b"\x1bP\x1b]52;c;czNjcmV0\x07\x1b\\"),
    clear: How::Bytes(b"\x1bP\x1b]52;c;\x07\x1b\\"),
    ..PLAIN
};
const IN_TMUX: Expected = Expected {
    route: Route::Tmux,
    copy: How::Commands("load-buffer -w - <s3cret>\n"),
    clear: How::Commands(
        "show-buffer <>\n\
         load-buffer -w -b devconsole-blank - < >\n\
         delete-buffer -b devconsole-blank <>\n\
         list-buffers -F #{buffer_size} #{buffer_name} <>\n\
         show-buffer -b buffer0 <>\n\
         delete-buffer -b buffer0 <>\n",
    ),
    notice: "copied (tmux buffer and terminal clipboard)",
    cleared: "Tmux buffer cleared; asked the terminal to clear its clipboard",
};
const NATIVE: Expected = Expected {
    route: Route::Native,
    copy: How::Desktop,
    clear: How::Desktop,
    notice: "copied",
    cleared: "Clipboard cleared",
};
const NONE: Expected = Expected {
    route: Route::None {
        reason: "This terminal has no clipboard. Reveal the value instead.",
    },
    copy: How::Nothing,
    clear: How::Nothing,
    notice: "This terminal has no clipboard. Reveal the value instead.",
    cleared: "",
};

struct Expected {
    route: Route,
    copy: How,
    clear: How,
    notice: &'static str,
    cleared: &'static str,
}

enum How {
    Bytes(&'static [u8]),
    /// Lines of `arguments <input>`.
    Commands(&'static str),
    Desktop,
    Nothing,
}

type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    Expected,
);

#[rustfmt::skip] // one environment, one row
const CASES: &[Case] = &[
    ("plain, SSH", &[XTERM, SSH], PLAIN),
    ("plain, SSH with a forwarded display", &[XTERM, SSH, DISPLAY], PLAIN),
    ("plain, desktop with a display", &[XTERM, DISPLAY], NATIVE),
    ("plain, no display", &[XTERM], PLAIN),
    ("tmux, SSH", &[IN_SCREEN, TMUX, SSH], IN_TMUX),
    ("tmux, desktop with a display", &[IN_SCREEN, TMUX, DISPLAY], IN_TMUX),
    ("tmux, no display", &[IN_SCREEN, TMUX], IN_TMUX),
    ("screen, SSH", &[IN_SCREEN, STY, SSH], THROUGH_SCREEN),
    ("screen, desktop with a display", &[IN_SCREEN, STY, DISPLAY], NATIVE),
    ("screen, no display", &[IN_SCREEN, STY], THROUGH_SCREEN),
    ("TERM=dumb, SSH", &[("TERM", "dumb"), SSH], NONE),
    ("TERM=dumb, no display", &[("TERM", "dumb")], NONE),
    ("the Linux console", &[("TERM", "linux")], NONE),
    ("the Linux console, SSH", &[("TERM", "linux"), SSH], NONE),
    ("the Linux console, tmux", &[("TERM", "screen"), TMUX], IN_TMUX),
    ("no TERM, SSH", &[SSH], NONE),
];

fn environment(variables: &[(&str, &str)]) -> Environment {
    let mut environment = Environment::from_lookup(|name| {
        variables
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    });
    environment.macos = false;
    environment
}

#[test]
fn every_surrounding_has_its_route_its_bytes_and_its_notice() {
    for (name, variables, expected) in CASES {
        let environment = environment(variables);
        let route = Route::choose(&environment);
        assert_eq!(route, expected.route, "{name}");
        match (&expected.copy, &expected.clear) {
            (How::Bytes(copy), How::Bytes(clear)) => {
                assert_bytes(name, &environment, expected, (copy, clear));
            }
            (How::Commands(copy), How::Commands(clear)) => {
                assert_commands(name, expected, (copy, clear));
            }
            // A test must not empty a real desktop's clipboard.
            (How::Desktop, How::Desktop) => {
                assert_eq!(Copied::Native.notice(), expected.notice, "{name}");
                assert_eq!(Cleared::Native.notice(), expected.cleared, "{name}");
                let clipboard = Clipboard::new(&environment);
                assert!(
                    matches!(clipboard.provider, Provider::Native(_, Route::Osc52 { .. })),
                    "{name}"
                );
            }
            _ => {
                let mut clipboard = Clipboard::new(&environment);
                let copied = clipboard.copy(&Secret::new(SECRET));
                assert!(!copied.is_out(), "{name}");
                assert_eq!(copied.notice(), expected.notice, "{name}");
                let cleared = clipboard.clear();
                assert_eq!(cleared, Cleared::Nothing, "{name}");
                assert_eq!(cleared.notice(), expected.cleared, "{name}");
            }
        }
    }
}

fn assert_bytes(
    name: &str,
    environment: &Environment,
    expected: &Expected,
    (copy, clear): (&[u8], &[u8]),
) {
    let mut clipboard = Clipboard::new(environment);
    let copied = clipboard.copy(&Secret::new(SECRET));
    assert_eq!(copied.notice(), expected.notice, "{name}");
    let Copied::Terminal(sequence) = copied else {
        panic!("{name}: {copied:?}");
    };
    assert_eq!(sequence.as_bytes(), copy, "{name}");
    let cleared = clipboard.clear();
    assert_eq!(cleared.notice(), expected.cleared, "{name}");
    let Cleared::Terminal(sequence) = cleared else {
        panic!("{name}: {cleared:?}");
    };
    assert_eq!(sequence.as_bytes(), clear, "{name}");
}

fn assert_commands(name: &str, expected: &Expected, (copy, clear): (&str, &str)) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let commands = || std::mem::take(&mut fs::read_to_string(&log).unwrap_or_default());
    let mut clipboard = Clipboard::with(Provider::Tmux(recorder(&log), NOWHERE));
    let copied = clipboard.copy(&Secret::new(SECRET));
    assert_eq!(copied, Copied::Tmux, "{name}");
    assert_eq!(copied.notice(), expected.notice, "{name}");
    assert_eq!(commands(), copy, "{name}");
    fs::remove_file(&log).unwrap();
    let cleared = clipboard.clear();
    assert_eq!(cleared, Cleared::Tmux, "{name}");
    assert_eq!(cleared.notice(), expected.cleared, "{name}");
    assert_eq!(commands(), clear, "{name}");
}

/// Records its calls, and holds one buffer with the secret.
fn recorder(log: &std::path::Path) -> Tmux {
    let script = format!(
        "printf '%s <%s>\\n' \"$*\" \"$(cat)\" >> '{}'; \
         case $1 in show-buffer) printf {SECRET};; list-buffers) echo 6 buffer0;; esac",
        log.display()
    );
    let arguments = ["-c", &script, "tmux"].map(OsString::from);
    Tmux::called("sh".into(), arguments.to_vec())
}

#[test]
fn an_old_tmux_is_not_said_to_have_reached_the_terminal() {
    let arguments = [
        "-c",
        "cat > /dev/null; case $2 in -w) exit 1;; esac",
        "tmux",
    ];
    let old = Tmux::called("sh".into(), arguments.map(OsString::from).to_vec());
    let copied = Clipboard::with(Provider::Tmux(old, NOWHERE)).copy(&Secret::new(SECRET));
    assert_eq!(copied, Copied::TmuxBufferOnly);
    assert_eq!(copied.notice(), "copied (tmux buffer)");
}

#[test]
fn what_cannot_be_known_is_never_claimed() {
    for (name, variables, expected) in CASES {
        let route = Route::choose(&environment(variables));
        if matches!(route, Route::Osc52 { .. } | Route::Tmux) {
            assert!(expected.cleared.contains("sked the terminal"), "{name}");
            assert_ne!(expected.notice, "copied", "{name}");
        }
    }
}
