//! The themes, styles and all; and the settings file that chooses one, at a real terminal.

use std::{collections::BTreeSet, fs, time::Duration};

use crate::harness::driver::Driver;
use crate::harness::form::app;
use crate::harness::{Exit, Launch, Session};
use devconsole::ui::{
    half_blocks::Depth,
    theme::{Theme, ThemeName},
};
use ratatui::style::{Color, Modifier};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(10);

/// Screens that show every role of the theme.
fn screens(theme: Theme) -> Vec<ratatui::buffer::Buffer> {
    let mut driver = Driver::signed_up();
    driver.theme = theme;
    driver.start(app("Too").about("Short"));
    ["<ctrl-s>", "<esc><space>d", "<esc>:", "<esc>?"]
        .into_iter()
        .map(|keys| {
            driver.press(keys);
            driver.picture().0
        })
        .collect()
}

#[test]
fn high_contrast_dims_nothing_and_mono_colors_nothing() {
    for (name, colors) in [
        (ThemeName::HighContrast, true),
        (ThemeName::Mono, true),
        (ThemeName::Default, false),
    ] {
        let theme = Theme::new(name, colors, Depth::True, true);
        for buffer in screens(theme) {
            let mut colors = BTreeSet::new();
            for cell in &buffer.content {
                colors.insert(format!("{:?} {:?}", cell.fg, cell.bg));
                let is_dim = cell.modifier.contains(Modifier::DIM);
                assert!(!is_dim || name != ThemeName::HighContrast);
                if cell.fg == Color::Red {
                    assert!(
                        cell.modifier
                            .contains(Modifier::BOLD | Modifier::UNDERLINED)
                    );
                }
            }
            if name == ThemeName::HighContrast {
                colors.remove("Red Reset");
            }
            assert_eq!(
                colors,
                BTreeSet::from(["Reset Reset".to_owned()]),
                "{name:?}"
            );
        }
    }
}

#[test]
fn the_settings_file_chooses_the_theme() {
    let home = with_settings("theme = \"mono\"\n");
    let mut session = start(&home);
    session.wait_for_text("Sign up");
    let sent = session.raw_output().to_vec();
    let has_color = sent
        .windows(4)
        .any(|at| at.starts_with(b"\x1b[3") && at[3].is_ascii_digit() && at[3] != b'9');
    assert!(!has_color, "{}", String::from_utf8_lossy(&sent));
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
}

#[test]
fn a_wrong_settings_file_is_one_line_and_leaves_the_terminal_alone() {
    let home = with_settings("theme = \"pink\"\n");
    let mut session = start(&home);
    assert_eq!(session.wait_exit(SOON), Exit::Code(1));
    let sent = String::from_utf8_lossy(session.raw_output()).into_owned();
    assert!(sent.contains("config.toml, line 1"), "{sent}");
    assert!(
        sent.contains("pink") && sent.contains("high-contrast"),
        "{sent}"
    );
    assert_eq!(sent.trim_end().lines().count(), 1, "{sent}");
    assert!(!sent.contains('\u{1b}'), "{sent}");
}

fn with_settings(text: &str) -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("devconsole");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
    home
}

fn start(home: &TempDir) -> Session {
    let config_home = home.path().to_str().unwrap();
    Session::start(Launch::devconsole().env("XDG_CONFIG_HOME", config_home))
}
