//! Prints `docs/KEYS.md`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(devconsole::keymap::document().as_bytes())
}
