//! HTML pages. They name the app that asks, and work with a keyboard, a screen reader and at any
//! width. The only script is on the page that posts an answer to the app.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::{domain::app::App, store::Person};

const STYLE: &str = include_str!("../../assets/pages/style.css");

/// The script of the page for `form_post`.
const POST_SCRIPT: &str = "document.forms[0].submit()";

static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| source_of(STYLE));
static POST_SCRIPT_SOURCE: LazyLock<String> = LazyLock::new(|| source_of(POST_SCRIPT));

/// The source expression for an inline text in a content security policy.
fn source_of(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// The parts that both pages need.
#[derive(Debug)]
pub struct Page<'a> {
    pub app: &'a App,
    pub brand: &'a str,
    pub organization: &'a str,
    /// The query of the request. The form sends it back.
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
                "Use your devconsole account of " strong { (self.organization) }
                " to continue to " strong { (self.name()) } "."
            }
            (self.card())
            (self.form(&fields))
        };
        self.whole("Sign in", &body)
    }

    pub fn consent(&self, who: &Person, scopes: &[(&str, &str)]) -> Markup {
        let fields = html! {
            div.buttons {
                button.main name="action" value="allow" { "Allow" }
                button name="action" value="deny" { "Deny" }
            }
            p.small {
                "Signed in as " (who.full_name) " (" (who.email) "). "
                button.link name="action" value="leave" { "Use another account" }
            }
        };
        let body = html! {
            h1 { "Access request" }
            (self.card())
            p { strong { (self.name()) } " wants to:" }
            @if scopes.is_empty() {
                p { "Know who you are." }
            } @else {
                ul {
                    @for (label, description) in scopes {
                        li { strong { (label) } " " span { (description) } }
                    }
                }
            }
            (self.form(&fields))
            p.small { "You will be sent to " code { (self.redirect_uri) } }
        };
        self.whole("Access request", &body)
    }

    pub fn too_old(&self) -> Markup {
        let body = html! {
            h1 { "This page is out of date" }
            p role="alert" { "It was opened in another browser, the local server was restarted, or the app's scopes have changed." }
            p { a href={ "/restapi/oauth/authorize?" (self.query) } { "Open the page again" } }
        };
        self.whole("Out of date", &body)
    }

    fn whole(&self, title: &str, body: &Markup) -> Markup {
        whole(title, self.brand, body)
    }

    /// The policy lets the page show itself and send its form. It does not restrict where the form
    /// leads: a browser applies that rule to all redirects, and the app's callback may redirect
    /// anywhere.
    pub fn answer(&self, status: StatusCode, page: Markup) -> Response {
        let policy = format!("{}; img-src 'self'", own_style());
        // Without a referrer, a form would be sent with `Origin: null`.
        html_answer(status, page, &policy, "same-origin")
    }
}

fn own_style() -> String {
    format!("style-src {}", STYLE_SOURCE.as_str())
}

/// The whole HTML document.
pub fn whole(title: &str, brand: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (brand) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { (brand) span { "devconsole local server" } }
                main { (body) }
            }
        }
    }
}

/// A page without a form.
pub fn plain(page: Markup) -> Response {
    html_answer(
        StatusCode::OK,
        page,
        &format!("{}; form-action 'none'", own_style()),
        "no-referrer",
    )
}

fn html_answer(status: StatusCode, page: Markup, policy: &str, referrer: &'static str) -> Response {
    let policy = format!("default-src 'none'; {policy}; frame-ancestors 'none'; base-uri 'none'");
    let mut response = (status, page.into_string()).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, referrer),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Posts an answer to the app when it is shown, with a button in case scripts are off.
pub fn form_post(redirect_uri: &str, answer: &[(&str, &str)]) -> Response {
    let body = html! {
        h1 { "Back to the app" }
        form method="post" action=(redirect_uri) {
            @for (name, value) in answer {
                input type="hidden" name=(name) value=(value);
            }
            noscript {
                p { "Scripts are off in this browser." }
                div.buttons { button.main { "Continue" } }
            }
        }
        script { (PreEscaped(POST_SCRIPT)) }
    };
    let policy = format!(
        "{}; script-src {}",
        own_style(),
        POST_SCRIPT_SOURCE.as_str()
    );
    // The app may check the origin of the post, but must not see the query.
    html_answer(
        StatusCode::OK,
        whole("Back to the app", "RingCentral", &body),
        &policy,
        "strict-origin",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_posted_cannot_break_out_of_its_page() {
        let answer = [("state", "\"><script>alert(1)</script>"), ("code", "c")];
        let response = form_post("https://app.example/cb?a=1&b=\"2\"", &answer);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"));
        assert!(!policy.contains("unsafe") && !policy.contains("form-action"));
        let page = text_of(response);
        assert!(page.contains("action=\"https://app.example/cb?a=1&amp;b=&quot;2&quot;\""));
        assert_eq!(page.matches("<script>").count(), 1, "{page}");
    }

    fn text_of(response: Response) -> String {
        let runtime = crate::local_server::runtime().unwrap();
        let body = runtime.block_on(axum::body::to_bytes(response.into_body(), usize::MAX));
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }
}
