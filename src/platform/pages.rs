//! The login and the consent page: plain HTML that needs no script, names what it asks for, and
//! works with a keyboard, a screen reader and at any width.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::domain::app::App;

const STYLE: &str = include_str!("../../assets/pages/style.css");

static STYLE_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE))));

/// What both pages need.
#[derive(Debug)]
pub struct Page<'a> {
    pub app: &'a App,
    pub brand: &'a str,
    pub organization: &'a str,
    /// Of the request, so that the form comes back to it.
    pub query: &'a str,
    pub form_key: &'a str,
    pub redirect_uri: &'a str,
}

impl Page<'_> {
    fn name(&self) -> &str {
        let card = &self.app.spec.card;
        let shown = card.display_name.as_deref().filter(|name| !name.is_empty());
        shown.unwrap_or(&self.app.spec.properties.name)
    }

    fn card(&self) -> Markup {
        let card = &self.app.spec.card;
        html! {
            div.card {
                @if let Some(icon) = &card.icon {
                    img src={ "/restapi/oauth/icons/" (icon.sha256) } alt="" width="56" height="56";
                } @else {
                    span.letter aria-hidden="true" { (self.name().chars().take(1).collect::<String>()) }
                }
                div {
                    strong { (self.name()) }
                    @if let Some(summary) = &card.summary { p { (summary) } }
                }
            }
        }
    }

    fn form(&self, fields: &Markup) -> Markup {
        html! {
            form method="post" action={ "/restapi/oauth/authorize?" (self.query) } {
                input type="hidden" name="form_key" value=(self.form_key);
                (fields)
            }
        }
    }

    pub fn sign_in(&self, email: &str, problem: Option<&str>) -> Markup {
        let fields = html! {
            @if let Some(problem) = problem { p.problem id="problem" role="alert" { (problem) } }
            label for="email" { "E-mail" }
            input #email name="email" type="email" autocomplete="username" required
                autofocus[email.is_empty()] value=(email) aria-describedby=[problem.map(|_| "problem")];
            label for="password" { "Password" }
            input #password name="password" type="password" autocomplete="current-password" required
                autofocus[!email.is_empty()] aria-describedby=[problem.map(|_| "problem")];
            div.buttons {
                button.main name="action" value="sign_in" { "Sign in" }
                button name="action" value="deny" formnovalidate { "Cancel" }
            }
        };
        let body = html! {
            h1 { "Sign in" }
            p {
                "to " strong { (self.organization) } ", to go on to " strong { (self.name()) }
                ". With your e-mail and password of the console."
            }
            (self.card())
            (self.form(&fields))
        };
        self.whole("Sign in", &body)
    }

    pub fn consent(&self, who: (&str, &str), scopes: &[(&str, &str)]) -> Markup {
        let fields = html! {
            div.buttons {
                button.main name="action" value="allow" { "Allow" }
                button name="action" value="deny" { "Deny" }
            }
            p.small {
                "You are " (who.0) " (" (who.1) "). "
                button.link name="action" value="leave" { "Sign in as somebody else" }
            }
        };
        let body = html! {
            h1 { "Access request" }
            (self.card())
            p { strong { (self.name()) } " asks to do this in your name:" }
            @if scopes.is_empty() {
                p { "Nothing but to know who you are." }
            } @else {
                ul {
                    @for (label, description) in scopes {
                        li { strong { (label) } " " span { (description) } }
                    }
                }
            }
            (self.form(&fields))
            p.small { "Your answer goes to " code { (self.redirect_uri) } }
        };
        self.whole("Access request", &body)
    }

    pub fn too_old(&self) -> Markup {
        let body = html! {
            h1 { "This page is too old" }
            p role="alert" { "The form came from another browser, the local platform was started anew since, or the app asks for something else by now." }
            p { a href={ "/restapi/oauth/authorize?" (self.query) } { "Open the page again" } }
        };
        self.whole("Too old", &body)
    }

    fn whole(&self, title: &str, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · " (self.brand) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header { (self.brand) span { "local platform of devconsole" } }
                    main { (body) }
                }
            }
        }
    }

    /// What a page may do: show itself, and send its form here and on to the app.
    pub fn answer(&self, status: StatusCode, page: Markup) -> Response {
        let policy = format!(
            "default-src 'none'; style-src {}; img-src 'self'; form-action 'self' {}; \
             frame-ancestors 'none'; base-uri 'none'",
            STYLE_SOURCE.as_str(),
            goes_on_to(self.redirect_uri)
        );
        let mut response = (status, page.into_string()).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // A form without a referrer would come with `Origin: null`.
            (header::REFERRER_POLICY, "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// A browser holds the redirect after a form to the same rule as the form: the app has to be
/// named, as far as the rule can name it. It knows no IPv6 address.
fn goes_on_to(redirect_uri: &str) -> String {
    let (scheme, rest) = redirect_uri.split_once(':').unwrap_or((redirect_uri, ""));
    let host = rest
        .strip_prefix("//")
        .and_then(|rest| rest.split(['/', '?']).next());
    match host {
        Some(host) if matches!(scheme, "http" | "https") && !host.contains('[') => {
            format!("{scheme}://{host}")
        }
        _ => format!("{scheme}:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_may_go_on_to_the_app() {
        for (uri, source) in [
            ("https://app.example/cb?x=1", "https://app.example"),
            ("http://127.0.0.1:7777/cb", "http://127.0.0.1:7777"),
            ("http://[::1]:7777/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
        ] {
            assert_eq!(goes_on_to(uri), source);
        }
    }
}
