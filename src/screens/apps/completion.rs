//! Completions of the filter's facets.

use crate::domain::app::list::Facet;

/// Completions of the word before the cursor. `word` is in upper or lower case; the candidates keep
/// their spelling.
pub fn candidates(word: &str, tags: &[String], people: &[String]) -> Vec<String> {
    let Some((facet, value)) = Facet::of(word) else {
        return Facet::ALL
            .iter()
            .map(|facet| format!("{}:", facet.name()))
            .filter(|name| begins_with(name, word))
            .collect();
    };
    values(facet, tags, people)
        .into_iter()
        .filter(|one| begins_with(one, value))
        .map(|one| format!("{}:{one}", facet.name()))
        .collect()
}

/// All values of a facet in this workspace.
pub fn values<'a>(facet: Facet, tags: &'a [String], people: &'a [String]) -> Vec<&'a str> {
    let mut values: Vec<&str> = facet.values();
    match facet {
        Facet::Tag => values.extend(tags.iter().map(String::as_str)),
        Facet::Owner => values.extend(people.iter().map(String::as_str)),
        _ => {}
    }
    values
}

/// Completes the word before the cursor as far as all candidates agree, and adds a space if only
/// one is left.
pub fn complete(word: &str, candidates: &[String]) -> Option<String> {
    let (first, others) = candidates.split_first()?;
    if others.is_empty() {
        let space = if first.ends_with(':') { "" } else { " " };
        return Some(format!("{first}{space}"));
    }
    let agreed = others.iter().fold(first.as_str(), |agreed, one| {
        let end = agreed
            .char_indices()
            .zip(one.chars())
            .find(|((_, a), b)| !a.eq_ignore_ascii_case(b))
            .map_or(agreed.len().min(one.len()), |((at, _), _)| at);
        agreed.get(..end).unwrap_or_default()
    });
    (agreed.len() >= word.len()).then(|| agreed.to_owned())
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str) -> Vec<String> {
        let tags = ["billing".to_owned(), "bot-team".to_owned()];
        candidates(word, &tags, &["ada@example.com".to_owned()])
    }

    #[test]
    fn facets_and_their_values_are_offered() {
        assert_eq!(of("").len(), Facet::ALL.len());
        assert_eq!(of("t"), ["type:", "tag:"]);
        assert_eq!(of("type:B"), ["type:bot"]);
        assert_eq!(of("tag:b"), ["tag:billing", "tag:bot-team"]);
        assert_eq!(of("owner:"), ["owner:me", "owner:ada@example.com"]);
        assert_eq!(of("scope:smsm"), [""; 0]);
        assert_eq!(of("https://x"), [""; 0]);
        assert_eq!(of("é"), [""; 0]);
    }

    #[test]
    fn a_word_grows_as_far_as_all_agree() {
        let grown = |word: &str| complete(word, &of(word));
        assert_eq!(grown("ty").as_deref(), Some("type:"));
        assert_eq!(grown("t").as_deref(), Some("t"));
        assert_eq!(grown("tag:").as_deref(), Some("tag:b"));
        assert_eq!(grown("is:fav").as_deref(), Some("is:favorite "));
        assert_eq!(grown("scope:reada").as_deref(), Some("scope:ReadA"));
        assert_eq!(grown("no"), None);
    }
}
