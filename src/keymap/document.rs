//! `docs/KEYS.md`, from the table.

use super::{
    Mode, show,
    table::{BINDINGS, EDITING},
};

/// The contents of `docs/KEYS.md`.
pub fn document() -> String {
    let mut text = String::from(
        "# Keys\n\nGenerated from `src/keymap/table.rs` by `cargo run --example keys > docs/KEYS.md`; a test compares the two.\n",
    );
    let mut modes: Vec<Mode> = Vec::new();
    for binding in BINDINGS {
        if !modes.contains(&binding.mode) {
            modes.push(binding.mode);
        }
    }
    modes.reverse();
    for mode in modes {
        table(
            &mut text,
            mode.title(),
            BINDINGS
                .iter()
                .filter(|binding| binding.mode == mode)
                .map(|binding| (binding.keys, binding.help)),
        );
    }
    table(
        &mut text,
        "While typing",
        EDITING.iter().map(|(keys, _, help)| (*keys, *help)),
    );
    text
}

fn table(
    text: &mut String,
    title: &str,
    rows: impl Iterator<Item = (&'static [&'static str], &'static str)>,
) {
    text.push_str(&format!("\n## {title}\n\n| Key | Does |\n|---|---|\n"));
    for (keys, help) in rows {
        let keys: Vec<String> = keys.iter().map(|key| format!("`{}`", show(key))).collect();
        text.push_str(&format!("| {} | {help} |\n", keys.join(" ")));
    }
}
