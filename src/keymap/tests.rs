//! The table follows the design of the keys.

use super::*;

#[test]
fn every_key_can_be_parsed() {
    for binding in BINDINGS {
        for keys in binding.keys {
            assert!(Key::parse(keys).is_some(), "{keys}");
        }
    }
    for (keys, _, _) in EDITING {
        for key in *keys {
            assert!(Key::parse(key).is_some(), "{key}");
        }
    }
}

#[test]
fn no_key_has_two_meanings_in_one_context() {
    for (nth, one) in PARSED.iter().enumerate() {
        for other in &PARSED[nth + 1..] {
            assert!(
                one.mode != other.mode || one.key != other.key,
                "{:?} twice in {:?}",
                one.key,
                one.mode
            );
        }
    }
}

#[test]
fn nothing_is_bound_to_a_key_that_a_terminal_cannot_tell_apart() {
    for bound in PARSED.iter() {
        let ambiguous =
            bound.key.ctrl && matches!(bound.key.code, KeyCode::Char('i' | 'j' | 'm' | 'h' | '['));
        assert!(!ambiguous, "{:?}", bound.key);
    }
}

#[test]
fn nothing_is_reachable_by_alt_alone() {
    for binding in BINDINGS {
        assert!(binding.keys.iter().any(|key| !key.contains("alt-")));
    }
    for (keys, _, _) in EDITING {
        assert!(keys.iter().any(|key| !key.contains("alt-")));
    }
}

#[test]
fn in_a_text_field_letters_are_text() {
    let stack = [Mode::Text, Mode::Form, Mode::CreateApp, Mode::Anywhere];
    for c in "qn/?[]jk".chars() {
        let key = Key::parse(&c.to_string()).unwrap();
        assert_eq!(action(&stack, key), Some(Action::Edit(Edit::Insert(c))));
    }
}
