//! Keeps the credentials that RingCentral issued for an app: server, Client ID and Client Secret.

use std::borrow::Cow;

use super::AppPage;
use crate::{
    desk::Cx,
    domain::{
        app::{App, Environment, Issued, web_url::WebUrl},
        id::AppId,
        secret::Secret,
        time::Clock,
    },
    form::{Entry, Field, FieldId, Report, SecretEntry, TextEdit as _},
    keymap::Action,
    request::{KeepEnvironment, Reply, Request},
    screens::{
        form_page::{Form, FormPage},
        page::{Next, Place},
    },
};

pub const SERVER: FieldId = FieldId("issued.server");
pub const CLIENT_ID: FieldId = FieldId("issued.client_id");
pub const CLIENT_SECRET: FieldId = FieldId("issued.client_secret");

/// In characters; RingCentral's own are 22 and 44 long.
const CREDENTIAL_MAX: usize = 512;

#[derive(Debug)]
pub struct IssuedForm {
    pub server: Entry,
    pub client_id: Entry,
    pub secret: SecretEntry,
}

type IssuedField = Field<IssuedForm, ()>;

pub static FIELDS: &[IssuedField] = &[
    IssuedField::text(SERVER, "API Server URL", |f| &f.server, |f| &mut f.server)
        .help("The server that accepts these credentials.")
        .max(crate::domain::app::web_url::MAX_BYTES)
        .required(),
    IssuedField::text(
        CLIENT_ID,
        "Client ID",
        |f| &f.client_id,
        |f| &mut f.client_id,
    )
    .help("As the app's dashboard in RingCentral's Developer Console shows it.")
    .max(CREDENTIAL_MAX)
    .required(),
    IssuedField::text(
        CLIENT_SECRET,
        "Client Secret",
        |f| &f.secret,
        |f| &mut f.secret,
    )
    .help("Stored encrypted. Leave it empty if the app has none.")
    .max(CREDENTIAL_MAX),
];

#[derive(Debug)]
pub struct IssuedCredentials {
    app: AppId,
    environment: Environment,
    /// The local server's Client ID of the app, which is easily copied by mistake.
    own_client_id: String,
    has_secret: bool,
    /// The server and the Client ID that the form started with.
    known: (String, String),
}

impl IssuedCredentials {
    /// Starts with what is kept already, except for the secret.
    pub fn page(app: &App, environment: Environment) -> FormPage<Self> {
        let mut kept = app.environments.iter();
        let kept = kept.find(|kept| kept.environment == environment);
        let server = kept.map_or_else(|| environment.server_url(), |kept| &kept.server_url);
        let data = IssuedForm {
            server: Entry::new(server),
            client_id: Entry::new(kept.map_or("", |kept| &kept.client_id)),
            secret: SecretEntry::default(),
        };
        let kind = Self {
            app: app.id.clone(),
            environment,
            own_client_id: app.client_id.as_str().to_owned(),
            known: (
                data.server.text().to_owned(),
                data.client_id.text().to_owned(),
            ),
            has_secret: kept.map_or_else(|| AppPage::expects_secret(app), |kept| kept.has_secret),
        };
        FormPage::at(kind, data, CLIENT_ID)
    }

    fn server_of(&self, typed: &str) -> Result<WebUrl, String> {
        let url = WebUrl::parse_https(typed).map_err(|problem| problem.to_string())?;
        let is = |other: Environment| url.as_str().trim_end_matches('/') == other.server_url();
        match self.environment {
            Environment::Production if is(Environment::Sandbox) => {
                Err("This is the retired sandbox: press Esc, then L.".to_owned())
            }
            Environment::Sandbox if is(Environment::Production) => {
                Err("This is the production server: press Esc, then E.".to_owned())
            }
            _ => Ok(url),
        }
    }

    fn client_id_of(&self, typed: &str) -> Result<String, &'static str> {
        let id = typed.trim();
        if id.is_empty() {
            Err("Enter the Client ID.")
        } else if !id.chars().all(is_of_client_id) {
            Err("A Client ID has no spaces, colons or slashes.")
        } else if id == self.own_client_id {
            Err("This Client ID is the local server's: copy RingCentral's.")
        } else {
            Ok(id.to_owned())
        }
    }
}

/// A pasted URL or `name: value` is not a Client ID.
fn is_of_client_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

impl Form for IssuedCredentials {
    type Data = IssuedForm;
    type Facts = ();

    fn fields() -> &'static [IssuedField] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        let title = match self.environment {
            Environment::Production => "Production credentials",
            Environment::Sandbox => "Credentials of the retired sandbox",
        };
        (title, "issued by RingCentral".into())
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        let kind = &page.kind;
        let server = report.take(SERVER, kind.server_of(page.data.server.text().trim()));
        let id = report.take(CLIENT_ID, kind.client_id_of(page.data.client_id.text()));
        // A secret is often pasted together with the end of its line.
        let secret = page.data.secret.secret();
        let secret = secret.expose().trim();
        if secret.contains(char::is_whitespace) {
            report.error(
                CLIENT_SECRET,
                "Remove the spaces: a Client Secret has none.",
            );
        } else if secret.is_empty() && kind.has_secret {
            let message = "Without the Client Secret, this app cannot log in.";
            report.warning(CLIENT_SECRET, message);
        }
        let issued = Issued {
            environment: kind.environment,
            server_url: server?.as_str().to_owned(),
            client_id: id?,
            secret: (!secret.is_empty()).then(|| Secret::new(secret)),
        };
        let app = kind.app.clone();
        Some(KeepEnvironment { app, issued }.into())
    }

    fn verb(&self) -> &'static str {
        "save credentials"
    }

    fn waiting(&self) -> &'static str {
        "Saving the credentials"
    }

    fn reply(_: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::KeepEnvironment(request, result) = reply else {
            return Next::Stay;
        };
        match cx.or_warn(result) {
            Some(app) => {
                cx.notify("Saved.");
                Next::Instead(Place::KeptCredentials {
                    app,
                    environment: request.issued.environment,
                })
            }
            None => Next::Stay,
        }
    }

    fn has_typed(page: &FormPage<Self>) -> bool {
        let (data, kind) = (&page.data, &page.kind);
        !data.secret.is_empty()
            || (data.server.text(), data.client_id.text()) != (&*kind.known.0, &*kind.known.1)
    }

    fn act(_: &mut FormPage<Self>, action: Action, _: &mut Cx<'_>) -> Option<Next> {
        (action == Action::Back).then_some(Next::Back)
    }

    fn secrets(data: &mut IssuedForm) -> Vec<&mut SecretEntry> {
        vec![&mut data.secret]
    }
}
