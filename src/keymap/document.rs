//! `docs/KEYS.md`, from the table.

use super::{
    Context, show,
    table::{BINDINGS, EDITING},
};

/// The contents of `docs/KEYS.md`.
pub fn document() -> String {
    let mut text = String::from(
        "# Keys\n\nGenerated from `src/keymap/table.rs` by `cargo run --example keys > docs/KEYS.md`; a test compares the two.\n",
    );
    let mut contexts: Vec<Context> = Vec::new();
    for binding in BINDINGS {
        if !contexts.contains(&binding.context) {
            contexts.push(binding.context);
        }
    }
    contexts.reverse();
    for context in contexts {
        table(
            &mut text,
            context.title(),
            BINDINGS
                .iter()
                .filter(|binding| binding.context == context)
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
