//! Documents that could drift from the program.

use std::fs;

fn document(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_keys_are_those_of_the_keymap() {
    assert_eq!(
        document("docs/KEYS.md"),
        devconsole::keymap::document(),
        "run: cargo run --example keys > docs/KEYS.md"
    );
}

#[test]
fn the_readme_gives_exactly_two_commands() {
    let readme = document("README.md");
    let section = readme.split("## Two commands").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let commands: Vec<&str> = section
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    assert_eq!(commands, ["cargo run --release", "cargo test"]);
}

#[test]
fn the_readme_is_short() {
    assert!(document("README.md").lines().count() < 150);
}

#[test]
fn the_architecture_can_be_read_in_one_sitting() {
    assert!(document("docs/ARCHITECTURE.md").lines().count() < 120);
}

#[test]
fn every_link_in_the_documents_leads_to_a_file() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(package.join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = docs
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"))
        .chain(["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(str::to_owned));
    for page in pages {
        let folder = package.join(&page);
        let text = document(&page);
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
            .map(|(link, _)| link)
            .map(|link| link.split('#').next().unwrap_or_default())
            .filter(|link| !link.contains("://") && !link.is_empty());
        for link in links {
            let target = folder.parent().unwrap().join(link);
            assert!(target.exists(), "{page}: {link}");
        }
    }
}
