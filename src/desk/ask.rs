//! Overlays over a page: questions, the command palette, the help.

use std::{borrow::Cow, fmt::Debug};

use crate::{
    domain::{secret::Secret, text},
    form::{Entry, SecretEntry, TextEdit},
    request::{PageId, Request},
};

/// In characters; more than any answer needs.
const TYPED_MAX: usize = 1000;
/// Longest search in the palette, in characters.
const SEARCH_MAX: usize = 100;

#[derive(Debug)]
pub enum Overlay {
    /// With the page that asks.
    Question(PageId, Question),
    Prompt(PageId, Prompt),
    Palette(Palette),
    /// The number of lines scrolled down.
    Help(u16),
}

/// A question that blocks everything else.
#[derive(Clone, Debug)]
pub struct Question {
    pub title: &'static str,
    pub text: String,
    /// What yes does, for the footer: "delete".
    pub yes: &'static str,
    pub then: Then,
    /// What n does, where it is more than no.
    pub other: Option<Then>,
}

/// What an answer leads to.
#[derive(Clone, Debug)]
pub enum Then {
    Request(Request),
    /// The page that asks goes on.
    ToPage,
}

impl<R: Into<Request>> From<R> for Then {
    fn from(request: R) -> Self {
        Self::Request(request.into())
    }
}

/// A question that is answered by typing one line. The page that asks decides which answers are
/// valid.
pub trait Ask: Debug {
    fn title(&self) -> &'static str;

    fn question(&self) -> String;

    /// What the answer does, for the footer: "rename".
    fn verb(&self) -> &'static str;

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String>;

    fn is_secret(&self) -> bool {
        false
    }

    /// Longest answer, in characters.
    fn max(&self) -> usize {
        TYPED_MAX
    }
}

/// The typed answer: a line without blanks around it, or a secret exactly as typed.
#[derive(Debug)]
pub struct Typed<'a> {
    pub text: &'a str,
    pub secret: &'a SecretEntry,
}

/// The next step after an answer.
#[derive(Debug)]
pub enum Answer {
    /// With the text that is shown while the request runs.
    Request(Request, &'static str),
    /// The answer needs no request: the page gets the text.
    ToPage(Secret),
}

impl Answer {
    pub fn working(request: impl Into<Request>) -> Self {
        Self::Request(request.into(), "Working")
    }
}

#[derive(Debug)]
pub struct Prompt {
    pub ask: Box<dyn Ask>,
    pub entry: Entry,
    pub secret: SecretEntry,
    pub problem: Option<String>,
}

impl Prompt {
    pub fn new(ask: Box<dyn Ask>, known: &str) -> Self {
        Self {
            ask,
            entry: Entry::new(known),
            secret: SecretEntry::default(),
            problem: None,
        }
    }

    pub fn field(&self) -> &dyn TextEdit {
        if self.ask.is_secret() {
            &self.secret
        } else {
            &self.entry
        }
    }

    pub fn field_mut(&mut self) -> &mut dyn TextEdit {
        if self.ask.is_secret() {
            &mut self.secret
        } else {
            &mut self.entry
        }
    }

    /// Returns whether text was cut off.
    pub fn paste(&mut self, pasted: &str) -> bool {
        self.problem = None;
        // A secret is taken exactly as it is, except for a line break that was copied with it.
        let pasted = if self.ask.is_secret() {
            Cow::Borrowed(pasted.trim_end_matches(['\r', '\n']))
        } else {
            Cow::Owned(text::one_line(pasted))
        };
        let max = self.ask.max();
        self.field_mut().paste(&pasted, max)
    }

    pub fn answer(&self) -> Result<Answer, String> {
        self.ask.answer(&Typed {
            text: self.entry.text().trim(),
            secret: &self.secret,
        })
    }
}

/// The search for a command.
#[derive(Debug, Default)]
pub struct Palette {
    pub search: Entry,
    pub cursor: usize,
}

impl Palette {
    pub fn paste(&mut self, pasted: &str) {
        self.search.paste(&text::one_line(pasted), SEARCH_MAX);
        self.cursor = 0;
    }
}
