//! Tags: words by which a team sorts its apps. RingCentral has no tags; the rules are ours.

use crate::domain::text;

/// Most tags of an app.
pub const TAGS_MAX: usize = 20;
/// Longest tag, in characters.
pub const TAG_MAX: usize = 32;

/// Parses tags that are separated by spaces or commas. Returns them in lower case, sorted, without
/// duplicates.
pub fn parse(typed: &str) -> Result<Vec<String>, String> {
    let mut tags = words(typed).map(one).collect::<Result<Vec<_>, _>>()?;
    tags.sort_unstable();
    tags.dedup();
    must_be_few(&tags)?;
    Ok(tags)
}

/// Parses `urgent -old` into the tags to add and the tags to remove.
pub fn parse_change(typed: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let (off, on): (Vec<&str>, Vec<&str>) = words(typed).partition(|word| word.starts_with('-'));
    let off: Vec<&str> = off
        .iter()
        .filter_map(|word| word.strip_prefix('-'))
        .collect();
    Ok((parse(&on.join(" "))?, parse(&off.join(" "))?))
}

pub fn must_be_few(tags: &[String]) -> Result<(), String> {
    if tags.len() <= TAGS_MAX {
        return Ok(());
    }
    Err(format!("An app can have at most {TAGS_MAX} tags."))
}

fn words(typed: &str) -> impl Iterator<Item = &str> {
    typed
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
}

fn one(word: &str) -> Result<String, String> {
    let tag = text::key(word);
    if text::char_count(&tag) > TAG_MAX {
        return Err(format!("A tag can have at most {TAG_MAX} characters."));
    }
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if !tag.starts_with(char::is_alphanumeric) || !tag.chars().all(is_fit) {
        return Err(
            "Start a tag with a letter or a digit. After that, - _ . / are allowed too.".to_owned(),
        );
    }
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use crate::domain::app::tag::*;

    #[test]
    fn tags_are_words_in_lower_case_each_once() {
        assert_eq!(parse(" Urgent, b2b  urgent ").unwrap(), ["b2b", "urgent"]);
        assert_eq!(parse("").unwrap(), [""; 0]);
        parse("a:b").unwrap_err();
        parse("-x").unwrap_err();
        parse(&"x".repeat(33)).unwrap_err();
        let many: String = (0..21).map(|nth| format!("t{nth} ")).collect();
        parse(&many).unwrap_err();
    }

    #[test]
    fn a_change_adds_and_takes_off() {
        let (add, remove) = parse_change("new -old  more").unwrap();
        assert_eq!(add, ["more", "new"]);
        assert_eq!(remove, ["old"]);
    }
}
