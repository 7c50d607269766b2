//! The page at the server's address.

use axum::{extract::State, http::HeaderMap, response::Response};
use maud::html;

use super::{Server, base_of, pages};

const ENDPOINTS: [(&str, &str); 8] = [
    ("Authorize", "/restapi/oauth/authorize"),
    ("Token", "/restapi/oauth/token"),
    ("Revoke", "/restapi/oauth/revoke"),
    ("Introspect", "/restapi/oauth/introspect"),
    ("User info", "/restapi/oauth/userinfo"),
    ("Keys", "/restapi/oauth/jwks"),
    ("Metadata", "/.well-known/openid-configuration"),
    ("API", "/restapi/v1.0"),
];

pub(super) async fn home(State(server): State<Server>, headers: HeaderMap) -> Response {
    let base = base_of(&headers);
    let body = html! {
        h1 { "Local server" }
        p {
            "Your apps sign in here as they do at RingCentral. Use "
            code { (base) } " as their server URL. Profile: "
            strong { (server.profile.label()) } "."
        }
        ul {
            @for (name, path) in ENDPOINTS {
                li { strong { (name) } span { code { (path) } } }
            }
        }
        p.small {
            "Failures are explained in the log: on the page Local server of the console, or with "
            code { "devconsole serve --log" } "."
        }
    };
    pages::plain(pages::whole("Local server", "RingCentral", &body))
}
