//! Whether git would take a new file into its repository. Reads `.gitignore` files, because starting
//! git in a folder may run programs that its configuration names.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Whether the file is in a work tree of git and none of the tree's own lists ignores it. A list
/// outside the tree (`core.excludesFile`) may still do so.
pub fn is_unignored(path: &Path) -> bool {
    let Some(parent) = path.parent().and_then(|parent| parent.canonicalize().ok()) else {
        return false;
    };
    let Some(name) = path.file_name() else {
        return false;
    };
    let is_root = |folder: &&Path| folder.join(".git").exists();
    let Some(root) = parent.ancestors().find(is_root) else {
        return false;
    };
    let Ok(below) = parent.strip_prefix(root) else {
        return false;
    };
    let mut rules = rules_of(&root.join(".git/info/exclude"), root);
    let mut at = root.to_owned();
    // In an ignored folder everything is ignored.
    for part in below.components() {
        rules.extend(rules_of(&at.join(".gitignore"), &at));
        at.push(part);
        if is_ignored(&rules, &at, true) {
            return false;
        }
    }
    rules.extend(rules_of(&at.join(".gitignore"), &at));
    !is_ignored(&rules, &at.join(name), false)
}

/// A line of a list.
struct Rule {
    /// The folder of the list.
    base: PathBuf,
    pattern: String,
    ignores: bool,
    only_folders: bool,
    /// The pattern is about the whole path below `base`, otherwise about the last name.
    is_anchored: bool,
}

fn rules_of(list: &Path, base: &Path) -> Vec<Rule> {
    let text = fs::read_to_string(list).unwrap_or_default();
    text.lines().filter_map(|line| rule(line, base)).collect()
}

fn rule(line: &str, base: &Path) -> Option<Rule> {
    let line = line.trim_end();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (ignores, line) = match line.strip_prefix('!') {
        Some(rest) => (false, rest),
        None => (true, line),
    };
    let (only_folders, line) = match line.strip_suffix('/') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    Some(Rule {
        base: base.to_owned(),
        pattern: line.strip_prefix('/').unwrap_or(line).to_owned(),
        ignores,
        only_folders,
        is_anchored: line.contains('/'),
    })
}

/// The last rule that fits decides.
fn is_ignored(rules: &[Rule], path: &Path, is_folder: bool) -> bool {
    let mut fitting = rules.iter().rev().filter(|rule| {
        let text = if rule.is_anchored {
            path.strip_prefix(&rule.base).ok()
        } else {
            path.file_name().map(Path::new)
        };
        (is_folder || !rule.only_folders)
            && text.is_some_and(|text| {
                let text: Vec<char> = text.to_string_lossy().chars().collect();
                let pattern: Vec<char> = rule.pattern.chars().collect();
                fits(&pattern, &text)
            })
    });
    fitting.next().is_some_and(|rule| rule.ignores)
}

/// `*` and `?` stop at a slash, `**` does not. A class in brackets fits any one character.
fn fits(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', '/', rest @ ..] if fits(rest, text) => true,
        ['*', '*', rest @ ..] => (0..=text.len()).any(|at| {
            let (_, after) = text.split_at(at);
            fits(rest, after)
        }),
        ['*', rest @ ..] => {
            let name = text.iter().take_while(|c| **c != '/').count();
            (0..=name).any(|at| fits(rest, text.split_at(at).1))
        }
        ['[', rest @ ..] if rest.contains(&']') => {
            let after = rest.split(|c| *c == ']').skip(1).collect::<Vec<_>>();
            let after = after.join(&']');
            matches!(text, [c, text @ ..] if *c != '/' && fits(&after, text))
        }
        ['\\', wanted, rest @ ..] => {
            matches!(text, [c, text @ ..] if c == wanted && fits(rest, text))
        }
        ['?', rest @ ..] => matches!(text, [c, text @ ..] if *c != '/' && fits(rest, text)),
        [wanted, rest @ ..] => matches!(text, [c, text @ ..] if c == wanted && fits(rest, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_a_work_tree_is_unignored_until_a_line_fits_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        let file = root.join("a/b/.env");
        assert!(!is_unignored(&file), "no work tree");
        fs::create_dir_all(root.join(".git/info")).unwrap();
        assert!(is_unignored(&file));
        for (lines, is_ignored) in [
            (".env", true),
            ("# .env", false),
            (".env*", true),
            (".en?", true),
            (".e[mn]v", true),
            ("/.env", false),
            ("/a/b/.env", true),
            ("a/*/.env", true),
            ("a/*.env", false),
            ("**/.env", true),
            ("a/**", true),
            ("b/", true),
            (".env/", false),
            ("*\n!.env", true),
            (".env\n!.env", false),
            ("a/\n!.env", true),
            ("\\.env  ", true),
            ("other", false),
        ] {
            fs::write(root.join(".gitignore"), lines).unwrap();
            assert_eq!(is_unignored(&file), !is_ignored, "{lines:?}");
        }
        fs::write(root.join("a/b/.gitignore"), "/.env").unwrap();
        assert!(!is_unignored(&file));
        fs::remove_file(root.join("a/b/.gitignore")).unwrap();
        fs::write(root.join(".git/info/exclude"), ".env").unwrap();
        assert!(!is_unignored(&file));
    }
}
