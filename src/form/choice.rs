//! A choice between a few values, each with its label.

use std::fmt;

/// One option of a choice: the value and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceOption<V> {
    pub value: V,
    pub text: OptionText,
}

/// How an option is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionText {
    pub label: &'static str,
    /// A line below the label; empty if the label is enough.
    pub help: &'static str,
}

impl<V> ChoiceOption<V> {
    pub const fn new(value: V, label: &'static str, help: &'static str) -> Self {
        Self {
            value,
            text: OptionText { label, help },
        }
    }
}

/// The options of a field, and the lens to its value.
pub struct Choice<D: 'static, V: 'static> {
    pub options: &'static [ChoiceOption<V>],
    /// `None` while nothing is chosen.
    pub get: fn(&D) -> Option<V>,
    pub set: fn(&mut D, V),
}

impl<D, V> fmt::Debug for Choice<D, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice").finish_non_exhaustive()
    }
}

/// A choice whatever the type of its values: keys and views count its options.
pub trait AnyChoice<D>: fmt::Debug + Sync {
    fn options(&self) -> Vec<OptionText>;

    fn count(&self) -> usize;

    /// The position of the chosen option.
    fn chosen(&self, data: &D) -> Option<usize>;

    /// Chooses the option at this position, if there is one.
    fn choose(&self, data: &mut D, at: usize);
}

impl<D, V: Copy + PartialEq + Sync> AnyChoice<D> for Choice<D, V> {
    fn options(&self) -> Vec<OptionText> {
        self.options.iter().map(|option| option.text).collect()
    }

    fn count(&self) -> usize {
        self.options.len()
    }

    fn chosen(&self, data: &D) -> Option<usize> {
        let value = (self.get)(data)?;
        self.options.iter().position(|option| option.value == value)
    }

    fn choose(&self, data: &mut D, at: usize) {
        if let Some(option) = self.options.get(at) {
            (self.set)(data, option.value);
        }
    }
}
