//! The features of the terminal, derived from the environment. No query is sent: over a slow link,
//! the program would have to wait for the answer.

use crate::{environment, ui::palette::Background};

/// How many colors the theme may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// Bold and reverse only.
    None,
    Ansi16,
    Ansi256,
    /// 24 bits.
    True,
}

/// The features that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The locale is UTF-8, so borders and marks need not be ASCII.
    pub unicode: bool,
    pub colors: Colors,
    /// If the terminal says it.
    pub background: Option<Background>,
    /// The terminal ignores unknown sequences, so a frame may be marked as one update (CSI ? 2026).
    pub synchronized_update: bool,
}

impl Capabilities {
    pub fn of_process() -> Self {
        Self::detect(environment::var)
    }

    /// An empty variable counts as unset (as in <https://no-color.org>).
    pub fn detect(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let term = get("TERM").unwrap_or_default();
        Self {
            unicode: ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .find_map(get)
                .is_some_and(|locale| is_utf8(&locale)),
            colors: if get("NO_COLOR").is_some() {
                Colors::None
            } else {
                colors(&term, get("COLORTERM").as_deref())
            },
            background: get("COLORFGBG").and_then(|colors| background(&term, &colors)),
            synchronized_update: !matches!(term.as_str(), "" | "dumb" | "linux"),
        }
    }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn colors(term: &str, colorterm: Option<&str>) -> Colors {
    let is_mono = matches!(term, "" | "dumb" | "vt100" | "vt102" | "vt220")
        || term.ends_with("-m")
        || term.ends_with("-mono");
    if is_mono {
        Colors::None
    } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
        Colors::True
    } else if term.contains("256color") || term.contains("kitty") {
        Colors::Ansi256
    } else {
        Colors::Ansi16
    }
}

/// From `COLORFGBG`: the numbers of the text and background colors, such as `15;0`. A multiplexer
/// keeps the variable of the terminal that it was started in, so it is not believed there.
fn background(term: &str, colors: &str) -> Option<Background> {
    if term.starts_with("tmux") || term.starts_with("screen") {
        return None;
    }
    match colors.rsplit(';').next()?.parse::<u8>().ok()? {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Background, Capabilities, Colors};

    #[test]
    fn the_background_is_only_what_the_terminal_says() {
        let told = |term, colors| {
            let variables = [("TERM", term), ("COLORFGBG", colors)];
            detect(&variables).background
        };
        assert_eq!(told("rxvt", "15;0"), Some(Background::Dark));
        assert_eq!(told("konsole", "0;15"), Some(Background::Light));
        assert_eq!(told("rxvt", "0;default;15"), Some(Background::Light));
        assert_eq!(told("rxvt", "15;default"), None);
        assert_eq!(told("rxvt", "15;300"), None);
        assert_eq!(told("rxvt", ""), None);
        assert_eq!(told("tmux-256color", "15;0"), None);
        assert_eq!(detect(&[("TERM", "xterm")]).background, None);
    }

    fn detect(variables: &[(&str, &str)]) -> Capabilities {
        Capabilities::detect(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colors_follow_the_variables() {
        let cases: &[(&[(&str, &str)], Colors)] = &[
            (&[("TERM", "xterm-256color")], Colors::Ansi256),
            (&[("TERM", "tmux-256color")], Colors::Ansi256),
            (&[("TERM", "xterm-kitty")], Colors::Ansi256),
            (&[("TERM", "screen")], Colors::Ansi16),
            (&[("TERM", "linux")], Colors::Ansi16),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                Colors::True,
            ),
            (
                &[
                    ("TERM", "xterm"),
                    ("COLORTERM", "truecolor"),
                    ("NO_COLOR", "1"),
                ],
                Colors::None,
            ),
            (&[("TERM", "xterm"), ("NO_COLOR", "")], Colors::Ansi16),
            (
                &[("TERM", "dumb"), ("COLORTERM", "truecolor")],
                Colors::None,
            ),
            (&[("TERM", "vt100")], Colors::None),
            (&[("TERM", "xterm-mono")], Colors::None),
            (&[], Colors::None),
        ];
        for (variables, expected) in cases {
            assert_eq!(detect(variables).colors, *expected, "{variables:?}");
        }
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        assert!(detect(&[("LANG", "en_US.UTF-8")]).unicode);
        assert!(detect(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")]).unicode);
        assert!(!detect(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]).unicode);
        assert!(detect(&[("LC_ALL", ""), ("LANG", "en_US.UTF-8")]).unicode);
        assert!(!detect(&[]).unicode);
    }

    #[test]
    fn a_terminal_that_would_print_it_gets_no_frame_brackets() {
        for term in ["dumb", "linux", ""] {
            assert!(!detect(&[("TERM", term)]).synchronized_update, "{term:?}");
        }
        assert!(detect(&[("TERM", "tmux-256color")]).synchronized_update);
    }
}
