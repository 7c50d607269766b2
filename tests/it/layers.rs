//! The direction of dependencies: which folder may use which. `docs/ARCHITECTURE.md` says why.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A folder of `src`, and the folders that it may use besides itself and `domain`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("environment", &[]),
    ("keymap", &[]),
    ("form", &["keymap"]),
    ("request", &["form"]),
    ("desk", &["form", "request"]),
    ("ui", &["form", "keymap"]),
    ("screens", &["desk", "form", "keymap", "request", "ui"]),
    ("manifest", &["form", "screens"]),
    (
        "console",
        &[
            "desk", "form", "keymap", "manifest", "request", "screens", "ui",
        ],
    ),
    ("vault", &[]),
    ("files", &["environment"]),
    ("clipboard", &["environment"]),
    ("store", &["vault"]),
    ("local_server", &["store", "vault"]),
    (
        "runtime",
        &[
            "clipboard",
            "console",
            "desk",
            "environment",
            "files",
            "keymap",
            "local_server",
            "manifest",
            "request",
            "store",
            "ui",
            "vault",
        ],
    ),
    (
        "cli",
        &[
            "clipboard",
            "console",
            "desk",
            "environment",
            "files",
            "form",
            "keymap",
            "local_server",
            "manifest",
            "request",
            "runtime",
            "screens",
            "store",
            "ui",
            "vault",
        ],
    ),
];

/// The path of a module, as in `store::file::open`.
type Module = Vec<String>;

fn source(folder: &Path, found: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            let inside = path.strip_prefix(root).unwrap().with_extension("");
            let mut module: Module = inside
                .iter()
                .map(|part| part.to_str().unwrap().to_owned())
                .collect();
            module.pop_if(|last| last == "mod");
            let is_test = module.iter().any(|part| part.ends_with("tests"));
            if !is_test && !["main", "lib"].contains(&module[0].as_str()) {
                found.insert(module, path);
            }
        }
    }
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, inside)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap();
        return vec![name.chars().filter(|c| !c.is_whitespace()).collect()];
    };
    let inside = inside.rsplit_once('}').unwrap().0;
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in inside.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    let before: String = before.chars().filter(|c| !c.is_whitespace()).collect();
    parts
        .iter()
        .filter(|part| !part.trim().is_empty())
        .flat_map(|part| expanded(part))
        .map(|path| format!("{before}{path}"))
        .collect()
}

/// The imports of a file: its `use` declarations, and paths that begin with `crate`.
fn paths(text: &str) -> Vec<String> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap()
        .lines()
        .map(|line| line.split("//").next().unwrap().to_owned() + "\n")
        .collect();
    let mut paths = Vec::new();
    let mut rest = code.as_str();
    while let Some((_, after)) = rest.split_once("use ") {
        let (tree, after) = after.split_once(';').unwrap_or((after, ""));
        if ["crate", "self", "super"]
            .iter()
            .any(|root| tree.starts_with(root))
        {
            paths.extend(expanded(tree));
        }
        rest = after;
    }
    let inline = code.split("crate::").skip(1).map(|after| {
        let end = after.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        format!("crate::{}", &after[..end.unwrap_or(after.len())])
    });
    paths.extend(inline);
    paths
}

/// The file that a path leads to.
fn target(from: &Module, path: &str, all: &BTreeMap<Module, PathBuf>) -> Option<Module> {
    let mut base = from.clone();
    let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
    match *parts.first()? {
        "crate" => base.clear(),
        "self" => {}
        _ => {
            while parts.len() > 1 && parts[1] == "super" {
                parts.remove(0);
                base.pop();
            }
            base.pop();
        }
    }
    base.extend(parts.iter().skip(1).map(|part| (*part).to_owned()));
    while !base.is_empty() && !all.contains_key(&base) {
        base.pop();
    }
    (!base.is_empty() && base != *from).then_some(base)
}

fn arrows() -> BTreeMap<Module, BTreeSet<Module>> {
    let mut all = BTreeMap::new();
    source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all.iter()
        .map(|(module, file)| {
            let text = fs::read_to_string(file).unwrap();
            let targets = paths(&text)
                .iter()
                .filter_map(|path| target(module, path, &all))
                .collect();
            (module.clone(), targets)
        })
        .collect()
}

#[test]
fn a_folder_uses_only_what_stands_below_it() {
    let mut wrong = Vec::new();
    for (from, targets) in arrows() {
        let (_, may_use) = MAY_USE
            .iter()
            .find(|(folder, _)| *folder == from[0])
            .unwrap_or_else(|| panic!("src/{} is in no row of MAY_USE", from[0]));
        for to in targets {
            let is_allowed = to[0] == from[0] || to[0] == "domain";
            if !is_allowed && !may_use.contains(&to[0].as_str()) {
                wrong.push(format!("{} uses {}", from.join("::"), to.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that can be reached from a file.
fn reached(from: &Module, arrows: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(next) = open.pop() {
        for to in arrows.get(&next).into_iter().flatten() {
            if found.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    found
}

/// A module and its own children know each other, as do two files side by side. The sections of the
/// create-app form and the draft that is made of them do too: a field is one place.
#[test]
fn no_circle_leaves_its_folder() {
    let mut arrows = arrows();
    for (from, targets) in &mut arrows {
        targets.retain(|to| !to.starts_with(from));
    }
    let room = |module: &Module| match module.as_slice() {
        [a, b, ..] if a == "screens" => format!("{a}::{b}"),
        [.., _] => module[..module.len() - 1].join("::"),
        [] => String::new(),
    };
    let mut wrong = BTreeSet::new();
    for from in arrows.keys() {
        let circle: Vec<Module> = reached(from, &arrows)
            .into_iter()
            .filter(|to| to != from && reached(to, &arrows).contains(from))
            .collect();
        if circle.iter().any(|to| room(to) != room(from)) {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            wrong.insert(format!("{}: {}", from.join("::"), names.join(", ")));
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tables, which grow a row for a thing.
const TABLES: &[&str] = &["domain/oauth/diagnosis/rows.rs"];

/// A longer file does more than one thing. Tests beside the code do not count.
#[test]
fn a_file_does_one_thing() {
    const LINES_MAX: usize = 450;
    let mut found = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    source(&root, &mut found);
    let mut long = Vec::new();
    for path in found.values() {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let is_test = name.contains("/tests") || name.ends_with("_tests.rs");
        if code.lines().count() > LINES_MAX && !is_test && !TABLES.contains(&name) {
            long.push(name.to_owned());
        }
    }
    assert!(long.is_empty(), "more than {LINES_MAX} lines: {long:?}");
}
