//! Words that make a reader stumble stay out of strings, documents and comments.
//! `.ci/strings.py` lists the strings, to read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Read as a whole, or for `.rs` files: their strings, without those of tests.
const READ: &[&str] = &["src", "assets/pages", "README.md", "docs", "CHANGELOG.md"];

/// Idioms of another language, names that a thing no longer has, and British spelling. Whole
/// words; case does not matter.
const BANNED: &[&str] = &[
    "mend",
    "mended",
    "local platform",
    "real platform",
    "the vendor",
    "legacy sandbox",
    "switchboard",
    "whoever",
    "somebody",
    "anybody",
    "nobody",
    "with whom",
    "of its own",
    "by now",
    "in the place of",
    "for good",
    "comes along",
    "decides over",
    "from then on",
    "has to be",
    "have to be",
    "brought back",
    "gets over",
    "is not to be had",
    "is called so",
    "outlive",
    "shall",
    "under way",
    "honours",
    "colour",
    "colours",
    "behaviour",
    "neighbouring",
    "please",
];

/// Wrong in what a person reads; a comment may need them.
const BANNED_IN_TEXT: &[&str] = &[
    "the platform",
    "the app's yet",
    "the app's from then on",
    "came back",
    "such as",
    "taken out",
    "takes it out",
    "brought up to date",
    "what counts",
    "knows you",
    "ask for what it uses",
    "type the organization",
    "as it was written",
    "take their rights",
    "nothing of it is left",
    "change your mind",
    "of your own, on this machine",
    "send the form",
    "go on",
    "honors",
    "cancelled",
    "line by line",
];

/// Read for their comments, tests included.
const COMMENTED: &[&str] = &["src", "tests", "benches", "examples", "fuzz/src", ".ci"];

/// Wrong in a comment; a sentence on a screen may need them.
const BANNED_IN_COMMENTS: &[&str] = &["the one that", "outlives", "anew", "favour"];

/// In prose, unlike on a screen.
const ALLOWED_IN_DOCUMENTS: &[&str] = &[
    "nobody",
    "such as",
    "line by line",
    "came back",
    "comes along",
];

/// Stored values, names in SQL, and a spelling that is still accepted.
const ALLOWED: &[&str] = &["favourite", "favourites", "rotation_cancelled"];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if path
        .extension()
        .is_some_and(|end| end != "snap" && end != "svg")
    {
        found.push(path.to_owned());
    }
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.to_string_lossy().contains("/tests/")
}

/// Comments, consecutive lines joined, each with its first line.
fn comments(code: &str, mark: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_inside = false;
    for (line, text) in (1..).zip(code.lines()) {
        let comment = text.trim_start().strip_prefix(mark);
        if let Some(comment) = comment {
            let comment = comment.trim_start_matches(['/', '!']).trim();
            match found.last_mut().filter(|_| is_inside) {
                Some((_, block)) => *block = format!("{block} {comment}"),
                None => found.push((line, comment.to_owned())),
            }
        }
        is_inside = comment.is_some();
    }
    found
}

/// The strings of a Rust file with their lines. The tests of a module are at its end.
fn strings(code: &str) -> Vec<(usize, String)> {
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    let (mut line, mut rest) = (1, code);
    while let Some(at) = rest.find(['"', '/', '\'', '\n']) {
        let after = &rest[at..];
        let len = if after.starts_with("//") {
            after.find('\n').unwrap_or(after.len())
        } else if let Some(text) = after.strip_prefix('"') {
            let raw = rest[..at].trim_end_matches('#');
            let hashes = "#".repeat(at - raw.len());
            let end = if raw.ends_with('r') {
                text.find(&format!("\"{hashes}"))
            } else {
                end_of(text)
            };
            let end = end.unwrap_or(text.len());
            found.push((line, text[..end].to_owned()));
            line += text[..end].matches('\n').count();
            end + 2
        } else if after.starts_with("'\"'") || after.starts_with("'/'") {
            3
        } else if after.starts_with("'\\") {
            4
        } else {
            line += usize::from(after.starts_with('\n'));
            1
        };
        rest = rest.get(at + len..).unwrap_or_default();
    }
    found
}

/// The closing quote of a string with escapes.
fn end_of(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end.then_some(at)
    })
}

fn has_words(text: &str, words: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !is_letter(before) && !is_letter(after)
    })
}

#[test]
fn nothing_that_a_person_reads_has_a_banned_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for path in READ {
        files(&root.join(path), &mut all);
    }
    all.retain(|path| !is_test(path));
    assert!(all.len() > 300, "the folders have moved: correct the list");
    let mut found = Vec::new();
    for file in all {
        let text = fs::read_to_string(&file).unwrap();
        let texts = if file.extension().is_some_and(|end| end == "rs") {
            strings(&text)
        } else {
            vec![(1, text)]
        };
        for (line, text) in texts {
            let text = text.to_lowercase();
            let is_sql = text.contains("select ") || text.contains("insert ");
            if is_sql || ALLOWED.iter().any(|allowed| text.contains(allowed)) {
                continue;
            }
            let joined = text.split_whitespace().filter(|word| *word != "\\");
            let joined = joined.collect::<Vec<_>>().join(" ");
            let words: Vec<&str> = joined.split(' ').collect();
            let is_repeated = |at: &[&str]| at.len() == 6 && at[..3] == at[3..] && at[0] != at[1];
            let is_document = file.extension().is_some_and(|end| end == "md");
            if !is_document && words.windows(6).any(is_repeated) {
                found.push(format!("{}:{line}: said twice: {joined}", file.display()));
            }
            let allowed: &[&str] = if is_document {
                ALLOWED_IN_DOCUMENTS
            } else {
                &[]
            };
            let banned = BANNED
                .iter()
                .chain(BANNED_IN_TEXT)
                .filter(|banned| !allowed.contains(banned));
            for banned in banned.filter(|banned| has_words(&joined, banned)) {
                found.push(format!("{}:{line}: {banned}: {joined}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_comment_has_a_banned_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for path in COMMENTED {
        files(&root.join(path), &mut all);
    }
    let mut found = Vec::new();
    let mut count = 0;
    for file in all {
        let mark = match file.extension().and_then(|end| end.to_str()) {
            Some("rs" | "js" | "mjs") => "//",
            Some("py") => "#",
            _ => continue,
        };
        let text = fs::read_to_string(&file).unwrap();
        for (line, comment) in comments(&text, mark) {
            count += 1;
            let text = comment.to_lowercase();
            let banned = BANNED
                .iter()
                .chain(BANNED_IN_COMMENTS)
                .filter(|banned| has_words(&text, banned));
            for banned in banned {
                found.push(format!("{}:{line}: {banned}: {comment}", file.display()));
            }
        }
    }
    assert!(count > 4000, "the folders have moved: correct the list");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn comments_are_joined_and_strings_are_not_comments() {
    let code = "//! One\n//! two.\n\nlet a = \"// no\"; // no\n    /// Three.\n";
    assert_eq!(
        comments(code, "//"),
        [(1, "One two.".to_owned()), (5, "Three.".to_owned())]
    );
}

#[test]
fn strings_are_found_and_comments_are_not() {
    let code =
        "let a = \"one \\\"two\\\"\"; // \"no\"\nlet b = '\"'; let c = r#\"a \"b\"\"#;\n\"last\"";
    let texts: Vec<_> = strings(code).into_iter().collect();
    assert_eq!(
        texts,
        [
            (1, "one \\\"two\\\"".to_owned()),
            (2, "a \"b\"".to_owned()),
            (3, "last".to_owned()),
        ]
    );
}
