//! Leads to the setting that fixes a failed sign-in.

use super::page::{Next, Place};
use crate::{
    desk::Cx,
    domain::{id::AppId, oauth::diagnosis::Setting},
    form::{FieldId, Slot},
    request::FormOf,
    screens::create_app::sections::{auth, features, security},
};

/// `app` made the request.
pub fn go_to(setting: Setting, app: Option<AppId>, cx: &mut Cx<'_>) -> Next {
    let place = match setting {
        Setting::Jwt | Setting::NewJwt => Place::Jwts { wanted: None },
        Setting::People => Place::Organization,
        Setting::Faults => Place::LocalServer { at_faults: true },
        _ => {
            let Some(app) = app else {
                cx.warn("The app of this request is unknown.");
                return Next::Stay;
            };
            match field(setting) {
                Some(field) => Place::Form {
                    of: FormOf::Edit(app),
                    at: Some(Slot::from(field)),
                },
                None => Place::App(app),
            }
        }
    };
    Next::Go(place)
}

/// The field in the form of an app; `None` for a setting on the app's page.
fn field(setting: Setting) -> Option<FieldId> {
    match setting {
        Setting::Auth => Some(auth::METHOD),
        Setting::Platform => Some(auth::PLATFORM),
        Setting::RedirectUris => Some(auth::REDIRECT_URIS),
        Setting::RefreshTokens => Some(auth::REFRESH),
        Setting::Scopes => Some(security::SCOPES),
        Setting::Webhook => Some(features::WEBHOOK),
        Setting::Secret
        | Setting::Status
        | Setting::Jwt
        | Setting::NewJwt
        | Setting::People
        | Setting::Faults => None,
    }
}
