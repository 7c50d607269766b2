//! The questions of the local server page. Their answers need no request.

use crate::{
    desk::{Answer, Ask, Typed},
    domain::secret::Secret,
};

const EXPLAINED_MAX: usize = 20_000;
/// A lower port needs privileges, which this program should not have.
pub const PORT_MIN: u16 = 1024;

#[derive(Clone, Copy, Debug)]
pub enum Asked {
    Port,
    /// An error body, a token response or a redirect.
    Text,
}

impl Ask for Asked {
    fn title(&self) -> &'static str {
        match self {
            Self::Port => "Port",
            Self::Text => "Explain",
        }
    }

    fn question(&self) -> String {
        match self {
            Self::Port => "The port of the local server on this machine.",
            Self::Text => {
                "Paste an OAuth or API error, a token response, or the URL that the browser returned to."
            }
        }
        .to_owned()
    }

    fn max(&self) -> usize {
        EXPLAINED_MAX
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Port => "set port",
            Self::Text => "explain",
        }
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        let port = typed.text.parse::<u16>();
        match self {
            Self::Port if !port.is_ok_and(|port| port >= PORT_MIN) => {
                Err(format!("Enter a number from {PORT_MIN} to 65535."))
            }
            Self::Text if typed.text.is_empty() => Err("Paste a response or a URL.".to_owned()),
            Self::Port | Self::Text => Ok(Answer::ToPage(Secret::new(typed.text))),
        }
    }
}
