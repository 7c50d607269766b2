//! The small file of settings in the user's configuration folder. Read once, never written.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{args::PlainKind, folders};
use crate::ui::theme::ThemeName;

/// Far more than all settings need.
const SIZE_MAX: u64 = 64 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub theme: ThemeName,
    pub plain: PlainSetting,
}

/// `true`, `false` or `"brief"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "plain is true, false or \"brief\"")]
pub enum PlainSetting {
    Switch(bool),
    Kind(PlainKind),
}

impl Default for PlainSetting {
    fn default() -> Self {
        Self::Switch(false)
    }
}

impl PlainSetting {
    pub fn kind(self) -> Option<PlainKind> {
        match self {
            Self::Switch(on) => on.then_some(PlainKind::Full),
            Self::Kind(kind) => Some(kind),
        }
    }
}

/// The mistake in the file, and its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct ConfigError {
    path: PathBuf,
    line: Option<usize>,
    what: String,
}

/// `None` without a home folder.
pub fn file() -> Option<PathBuf> {
    let folder = folders::config_home()?;
    Some(folder.join("devconsole").join("config.toml"))
}

impl Config {
    /// `None` if the file does not exist.
    pub fn read(path: &Path) -> Result<Option<Self>, ConfigError> {
        let failed = |what: String| ConfigError {
            path: path.to_owned(),
            line: None,
            what,
        };
        let unreadable = |error: io::Error| failed(format!("it cannot be read: {error}"));
        // Checked before opening: opening a FIFO would wait for a writer.
        let is_file = match fs::metadata(path) {
            Ok(about) => about.is_file(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        if !is_file {
            return Err(failed("it is not a file.".to_owned()));
        }
        let file = File::open(path).map_err(unreadable)?;
        let mut text = String::new();
        file.take(SIZE_MAX + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        if text.len() as u64 > SIZE_MAX {
            return Err(failed("it is too large for a settings file.".to_owned()));
        }
        Self::parse(&text)
            .map(Some)
            .map_err(|(line, what)| ConfigError {
                line,
                ..failed(what)
            })
    }

    fn parse(text: &str) -> Result<Self, (Option<usize>, String)> {
        toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map(|before| before.matches('\n').count() + 1);
            (line, in_words(error.message()))
        })
    }
}

/// The parser's message in plain words, without the names of its types.
fn in_words(message: &str) -> String {
    let themes = ThemeName::ALL.map(ThemeName::as_str).join(", ");
    let named = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown variant") {
        format!("\"{named}\" is not a theme. Choose one of: {themes}.")
    } else if message.starts_with("unknown field") {
        format!("\"{named}\" is not a setting. There are theme and plain.")
    } else if message.starts_with("wanted string") || message.starts_with("invalid type") {
        format!("Write the theme in quotes, one of: {themes}.")
    } else if message.starts_with("plain is") {
        "Write plain = true, false or \"brief\".".to_owned()
    } else {
        format!("This is not TOML: {}.", message.replace('\n', ", "))
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::config::*;

    fn problem(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, text).unwrap();
        let error = Config::read(&path).unwrap_err().to_string();
        let begin = path.display().to_string();
        error.strip_prefix(&begin).unwrap().to_owned()
    }

    #[test]
    fn plain_mode_is_on_off_or_brief() {
        for (text, kind) in [
            ("", None),
            ("plain = false", None),
            ("plain = true", Some(PlainKind::Full)),
            ("plain = 'brief'", Some(PlainKind::Brief)),
        ] {
            assert_eq!(Config::parse(text).unwrap().plain.kind(), kind, "{text}");
        }
        let sentence = problem("plain = 'short'");
        assert!(sentence.contains("brief"), "{sentence}");
    }

    #[test]
    fn the_theme_has_three_names() {
        assert_eq!(Config::parse("").unwrap(), Config::default());
        for (text, theme) in [
            ("theme = 'default'", ThemeName::Default),
            ("# mine\ntheme = \"high-contrast\"", ThemeName::HighContrast),
            ("theme = \"mono\"\n", ThemeName::Mono),
            ("theme = \"dark\"", ThemeName::Dark),
            ("theme = \"light\"", ThemeName::Light),
        ] {
            assert_eq!(Config::parse(text).unwrap().theme, theme);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_what_would_be_right() {
        let sentence = problem("# mine\n\ntheme = \"hi\"\n");
        assert!(sentence.starts_with(", line 3: "), "{sentence}");
        for name in ["hi", "default", "high-contrast", "mono", "dark", "light"] {
            assert!(sentence.contains(name), "{sentence}");
        }
        let sentence = problem("colour = 1");
        assert!(
            sentence.contains("line 1")
                && sentence.contains("colour")
                && sentence.contains("theme"),
            "{sentence}"
        );
        assert!(!sentence.contains("expected"), "{sentence}");
        let sentence = problem("theme = 1");
        assert!(sentence.contains("in quotes"), "{sentence}");
        let sentence = problem("theme = \n");
        assert!(
            sentence.contains("line 1") && !sentence.contains('\n'),
            "{sentence}"
        );
        assert!(
            problem(&"#".repeat(70_000)).contains("too large"),
            "too large"
        );
    }

    #[test]
    fn no_file_is_no_settings_and_a_folder_is_no_file() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Config::read(&dir.path().join("none")), Ok(None));
        let sentence = Config::read(dir.path()).unwrap_err().to_string();
        assert!(sentence.contains("not a file"), "{sentence}");
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_or_a_device_is_not_opened() {
        use std::{sync::mpsc, thread, time::Duration};

        let dir = tempfile::tempdir().unwrap();
        let fifo = dir.path().join("config.toml");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        for path in [fifo, PathBuf::from("/dev/tty")] {
            let (tell, told) = mpsc::channel();
            thread::spawn(move || tell.send(Config::read(&path)));
            let sentence = told.recv_timeout(Duration::from_secs(10)).unwrap();
            let sentence = sentence.unwrap_err().to_string();
            assert!(sentence.contains("not a file"), "{sentence}");
        }
    }
}
