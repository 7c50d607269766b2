//! The walks of `CONTRIBUTING.md`: each change still applies, and touches as few places as it says.

use std::{fs, path::Path};

/// One hunk of a change: the lines that must be there, and whether it adds any.
struct Hunk {
    file: String,
    before: Vec<String>,
}

fn hunks(diff: &str) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut file = String::new();
    for line in diff.lines() {
        if let Some(name) = line.strip_prefix("+++ b/") {
            name.clone_into(&mut file);
        } else if line.starts_with("@@") {
            hunks.push(Hunk {
                file: file.clone(),
                before: Vec::new(),
            });
        } else if let Some(hunk) = hunks.last_mut()
            && !line.starts_with("---")
            && !line.starts_with('+')
        {
            hunk.before
                .push(line.get(1..).unwrap_or_default().to_owned());
        }
    }
    hunks
}

/// The changes, in the order of the document.
fn walks() -> Vec<Vec<Hunk>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(package.join("CONTRIBUTING.md")).unwrap();
    text.split("```diff\n")
        .skip(1)
        .map(|rest| hunks(rest.split("```").next().unwrap()))
        .collect()
}

#[test]
fn each_change_of_the_document_still_applies() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut checked = 0;
    for hunk in walks().iter().flatten() {
        if hunk.before.is_empty() {
            assert!(!package.join(&hunk.file).exists(), "{}", hunk.file);
            continue;
        }
        let text = fs::read_to_string(package.join(&hunk.file)).unwrap();
        let wanted = hunk.before.join("\n");
        assert!(text.contains(&wanted), "{}:\n{wanted}", hunk.file);
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}

/// Files that a change touches, beside those that it is about.
fn others(walk: &[Hunk], about: &[&str]) -> usize {
    let mut files: Vec<&str> = walk.iter().map(|hunk| hunk.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files.retain(|file| !about.contains(file));
    files.len()
}

#[test]
fn a_new_thing_is_one_place_and_few_others() {
    let walks = walks();
    let [field, operation, screen] = walks.as_slice() else {
        panic!("{} walks", walks.len());
    };
    // Where the app keeps it, and its names in the history and in the tab Settings.
    let section = "src/screens/create_app/sections/properties.rs";
    assert_eq!(others(field, &[section]), 1);
    // The line, the method, how it is performed, who may.
    assert_eq!(others(operation, &[]), 4);
    // The file itself and its module; then the screen's name, its place, its keys, and the key that
    // leads there.
    let about = ["src/screens/about.rs", "src/screens/mod.rs"];
    assert_eq!(others(screen, &about), 6);
}
