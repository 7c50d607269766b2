//! The questions of an app's page.

use crate::{
    desk::{Answer, Ask, Typed},
    domain::{
        app::{Environment, Issued, web_url::WebUrl},
        id::AppId,
        oauth::credential::OVERLAP_HOURS_MAX,
        secret::Secret,
        text,
    },
    request::{ChangeApp, Deed, KeepEnvironment},
};

#[derive(Debug)]
pub struct OverlapHours {
    pub app: AppId,
}

impl Ask for OverlapHours {
    fn title(&self) -> &'static str {
        "Rotate the Client Secret"
    }

    fn question(&self) -> String {
        format!("For how many hours shall the old secret go on working? 0 to {OVERLAP_HOURS_MAX}.")
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        match typed.text.parse() {
            Ok(overlap_hours) if overlap_hours <= OVERLAP_HOURS_MAX => {
                Ok(Answer::working(ChangeApp {
                    app: self.app.clone(),
                    deed: Deed::Rotate { overlap_hours },
                }))
            }
            _ => Err(format!("Type a number from 0 to {OVERLAP_HOURS_MAX}.")),
        }
    }
}

/// The app's name, as a confirmation.
#[derive(Debug)]
pub struct PurgeName {
    pub app: AppId,
    pub name: String,
}

impl Ask for PurgeName {
    fn title(&self) -> &'static str {
        "Delete for good"
    }

    fn question(&self) -> String {
        format!(
            "Its settings and secrets cannot be brought back. Type its name to go on: {}",
            text::displayable(&self.name)
        )
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if !text::is_same(typed.text, &self.name) {
            return Err("That is not its name.".to_owned());
        }
        Ok(Answer::working(ChangeApp {
            app: self.app.clone(),
            deed: Deed::Purge,
        }))
    }
}

fn issued_title(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "Issued by the platform, production",
        Environment::Sandbox => "Issued by the platform, legacy sandbox",
    }
}

/// The first of three questions about credentials that RingCentral issued.
#[derive(Clone, Debug)]
pub struct Server {
    pub app: AppId,
    pub environment: Environment,
    /// The Client ID that is already stored for this server.
    pub known: String,
}

impl Ask for Server {
    fn title(&self) -> &'static str {
        issued_title(self.environment)
    }

    fn question(&self) -> String {
        "API Server URL".to_owned()
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        let url = WebUrl::parse_https(typed.text).map_err(|problem| problem.to_string())?;
        let next = IssuedClientId {
            app: self.app.clone(),
            environment: self.environment,
            server_url: url.as_str().to_owned(),
        };
        Ok(Answer::Next(Box::new(next), self.known.clone()))
    }
}

#[derive(Debug)]
struct IssuedClientId {
    app: AppId,
    environment: Environment,
    server_url: String,
}

impl Ask for IssuedClientId {
    fn title(&self) -> &'static str {
        issued_title(self.environment)
    }

    fn question(&self) -> String {
        "Client ID, as the platform shows it".to_owned()
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Type the Client ID.".to_owned());
        }
        if typed.text.contains(char::is_whitespace) {
            return Err("A Client ID has no spaces.".to_owned());
        }
        let next = IssuedSecret {
            app: self.app.clone(),
            issued: Issued {
                environment: self.environment,
                server_url: self.server_url.clone(),
                client_id: typed.text.to_owned(),
                secret: None,
            },
        };
        Ok(Answer::Next(Box::new(next), String::new()))
    }
}

#[derive(Debug)]
struct IssuedSecret {
    app: AppId,
    issued: Issued,
}

impl Ask for IssuedSecret {
    fn title(&self) -> &'static str {
        issued_title(self.issued.environment)
    }

    fn question(&self) -> String {
        "Client Secret; empty for an app that has none. It is sealed like all others.".to_owned()
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        let mut issued = self.issued.clone();
        // A secret is often pasted together with the end of its line.
        issued.secret =
            (!typed.secret.is_empty()).then(|| Secret::new(typed.secret.secret().expose().trim()));
        let app = self.app.clone();
        let request = KeepEnvironment { app, issued };
        Ok(Answer::Request(request.into(), "Keeping the credentials"))
    }
}
