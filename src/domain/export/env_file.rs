//! The lines of a `.env` file. Programs read such a file by different rules, and only the bare
//! value means the same to all of them: Docker and make keep quotes as part of the value. A value
//! that a shell needs quotes for has no bare form and is refused. `tests/outside/env_readers.py`
//! shows what was tried.

use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// Why a value cannot be written, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} cannot be written to a .env file: {reader} {does} {}. Set it by hand, quoted for the program that reads it.",
    spelled(*found)
)]
pub struct Unreadable {
    name: String,
    found: char,
    reader: &'static str,
    does: &'static str,
}

impl Unreadable {
    /// The program that would read another value.
    pub fn reader(&self) -> &'static str {
        self.reader
    }
}

/// A file that is being written. Its text may hold secrets.
#[derive(Default)]
pub struct EnvFile {
    text: Zeroizing<String>,
}

impl EnvFile {
    /// Every program skips a line that begins with `#`.
    pub fn comment(&mut self, text: &str) {
        self.push(&format!("# {text}\n"));
    }

    /// # Errors
    /// The first character that some program reads differently.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        let line = Zeroizing::new(line(name, value)?);
        self.push(&line);
        Ok(())
    }

    pub fn finish(self) -> Secret {
        Secret::new(self.text.as_str())
    }

    /// A string that grows leaves copies of what it held, so its room is reserved first.
    fn push(&mut self, line: &str) {
        let mut longer = Zeroizing::new(String::with_capacity(self.text.len() + line.len()));
        longer.push_str(&self.text);
        longer.push_str(line);
        self.text = longer;
    }
}

impl std::fmt::Debug for EnvFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvFile").finish_non_exhaustive()
    }
}

/// # Errors
/// The first character that some program reads differently.
pub fn line(name: &str, value: &str) -> Result<String, Unreadable> {
    let ends = [value.chars().next(), value.chars().next_back()];
    let mut before = None;
    for c in value.chars() {
        let trimmed = || ends.contains(&Some(c)).then(|| trims(c)).flatten();
        if let Some((reader, does)) = misread(c, before).or_else(trimmed) {
            return Err(Unreadable {
                name: name.to_owned(),
                found: c,
                reader,
                does,
            });
        }
        before = Some(c);
    }
    Ok(format!("{name}={value}\n"))
}

/// The program that reads this character differently, and as what.
fn misread(c: char, before: Option<char>) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\n' => ("docker --env-file", "ends the value at"),
        '\r' => ("dotenv", "ends the value at"),
        '#' => ("dotenv", "starts a comment at"),
        '$' => ("sh", "expands a variable at"),
        '`' => ("sh", "runs a command at"),
        '\'' | '"' | '\\' => ("sh", "removes"),
        ';' | '&' | '|' | '<' | '>' | '(' | ')' | ' ' | '\t' => ("sh", "ends the value at"),
        // A shell looks for it only there in an assignment.
        '~' if matches!(before, None | Some(':')) => ("sh", "expands the home folder at"),
        c if c.is_control() => ("a terminal", "acts on"),
        _ => return None,
    })
}

/// The program that strips this character from the ends of a value.
fn trims(c: char) -> Option<(&'static str, &'static str)> {
    match c {
        '\u{FEFF}' => Some(("dotenv", "removes")),
        c if c.is_whitespace() => Some(("python-dotenv", "removes")),
        _ => None,
    }
}

fn spelled(c: char) -> String {
    match c {
        '\n' | '\r' => "a line break".to_owned(),
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        c if c.is_whitespace() || c.is_control() || c == '\u{FEFF}' => {
            format!("U+{:04X}", u32::from(c))
        }
        c => format!("\u{201C}{c}\u{201D}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::export::env_file::*;

    #[test]
    fn a_value_that_all_read_alike_is_written_bare() {
        for value in [
            "",
            "https://platform.ringcentral.com",
            "http://[::1]:8228/cb?regions=eu,us",
            "com.example.app:/cb",
            "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.x-_==",
            "a/~ada/b~",
            "größe-日本語-e\u{301}-a\u{A0}b\u{FEFF}c",
            "a%20b+c@d!e*f?g{h}[i]^j=k",
        ] {
            assert_eq!(line("NAME", value), Ok(format!("NAME={value}\n")));
        }
    }

    #[test]
    fn a_value_that_a_reader_would_misread_is_refused_with_the_reader_and_the_character() {
        for (value, reader, part) in [
            ("two words", "sh", "ends the value at a space"),
            ("a\tb", "sh", "ends the value at a tab"),
            ("it's", "sh", "removes “'”"),
            ("\"hi\"", "sh", "removes “\"”"),
            ("a\\b", "sh", "removes “\\”"),
            ("$HOME", "sh", "expands a variable at “$”"),
            ("a`id`", "sh", "runs a command at “`”"),
            ("a?b=1&c=2", "sh", "ends the value at “&”"),
            ("a;b", "sh", "ends the value at “;”"),
            ("a(b)", "sh", "ends the value at “(”"),
            ("a<b", "sh", "ends the value at “<”"),
            ("a|b", "sh", "ends the value at “|”"),
            ("~/x", "sh", "expands the home folder at “~”"),
            ("a:~b", "sh", "expands the home folder at “~”"),
            ("a#b", "dotenv", "starts a comment at “#”"),
            ("two\nlines", "docker --env-file", "at a line break"),
            ("a\rb", "dotenv", "at a line break"),
            ("a\u{A0}", "python-dotenv", "removes U+00A0"),
            ("\u{2028}b", "python-dotenv", "removes U+2028"),
            ("\u{FEFF}a", "dotenv", "removes U+FEFF"),
            ("a\u{1B}b", "a terminal", "acts on U+001B"),
            ("a\u{85}", "a terminal", "acts on U+0085"),
            ("a\0b", "a terminal", "acts on U+0000"),
        ] {
            let refused = line("NAME", value).unwrap_err();
            assert_eq!(refused.reader(), reader, "{value:?}");
            let message = refused.to_string();
            assert!(
                message.starts_with("NAME cannot be written to a .env file: "),
                "{message}"
            );
            assert!(message.contains(part), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
            assert!(!message.contains(value), "a value may be secret: {message}");
        }
    }

    #[test]
    fn a_refused_line_leaves_the_file_as_it_was() {
        let mut file = EnvFile::default();
        file.comment("For tests.");
        file.set("A", "1").unwrap();
        file.set("B", "a b").unwrap_err();
        file.set("C", "").unwrap();
        assert_eq!(file.finish().expose(), "# For tests.\nA=1\nC=\n");
    }
}
