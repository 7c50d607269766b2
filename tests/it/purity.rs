//! The pure part stays pure: neither its arguments nor its imports reach
//! SQL, the clipboard, files, the clock or threads. One file starts programs.

use std::{
    fs,
    path::{Path, PathBuf},
};

const PURE: &[&str] = &[
    "src/domain",
    "src/form",
    "src/screens",
    "src/ui",
    "src/console",
    "src/manifest",
    "src/desk",
    "src/keymap",
    "src/request",
];

const OUTSIDE: &[&str] = &[
    "rusqlite",
    "arboard",
    "std::fs",
    "std::env",
    "SystemTime",
    "Instant::now",
    "thread::",
    "SysRng",
    "ThreadRng",
];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|end| end == "rs") {
        found.push(path.to_owned());
    }
}

#[test]
fn the_pure_part_reaches_nothing_outside() {
    let mut files = Vec::new();
    for pure in PURE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(pure);
        assert!(path.exists(), "{pure} has moved: correct the list");
        sources(&path, &mut files);
    }
    let mut reached = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // The tests of a module are at its end.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (nth, line) in code.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && OUTSIDE.iter().any(|outside| line.contains(outside)) {
                reached.push(format!("{}:{}: {line}", file.display(), nth + 1));
            }
        }
    }
    assert!(reached.is_empty(), "{}", reached.join("\n"));
}

/// Every account can read the arguments of a program. tmux gets a secret by its input.
#[test]
fn only_tmux_and_what_a_person_names_are_started() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let starts = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        // The tests of a module are at its end.
        let code = text.split("mod tests {").next().unwrap_or_default();
        ["Command::new", "posix_spawn", "execve"]
            .iter()
            .any(|start| code.contains(start))
    };
    files.retain(starts);
    files.sort();
    let allowed = ["cli/env.rs", "cli/sign_in.rs", "clipboard/tmux.rs"];
    assert_eq!(files, allowed.map(|file| src.join(file)));
}
