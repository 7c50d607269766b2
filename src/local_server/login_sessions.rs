//! Login sessions: who is signed in at the login page in which browser, and proof that a form comes
//! from one of its pages. In memory, so a restart asks for the password again.
//!
//! Cookies ignore the port. So another server on this machine may receive this cookie and then pass
//! for the browser. A page without the cookie cannot forge a form.

use std::collections::{HashMap, HashSet};

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::CryptoRng;
use sha2::{Digest as _, Sha256};

use crate::domain::{
    id::DeveloperId,
    oauth::credential::{CLIENT_SECRET_LEN, ClientId, mint_client_secret},
    time::UnixMs,
};

const SESSION_MS: i64 = 30 * 60 * 1000;
const SESSIONS_MAX: usize = 1000;

type Mac = Hmac<Sha256>;

/// A developer who is signed in in a browser.
#[derive(Clone, Debug)]
pub struct LoginSession {
    pub who: DeveloperId,
    /// The mark at sign-in. It changes with the password.
    pub mark: [u8; 32],
    pub since: UnixMs,
    /// The scopes that were allowed in this session, by app and redirect URI: that is what the
    /// consent page shows.
    allowed: HashMap<(ClientId, String), HashSet<String>>,
}

impl LoginSession {
    /// Whether the user has allowed the app all of these scopes at this redirect URI. New ones need
    /// consent again.
    pub fn has_allowed(&self, client: &ClientId, redirect_uri: &str, scope: &str) -> bool {
        let asked = (client.clone(), redirect_uri.to_owned());
        let allowed = self.allowed.get(&asked);
        allowed.is_some_and(|allowed| scope.split(' ').all(|one| allowed.contains(one)))
    }
}

pub struct LoginSessions {
    key: [u8; 32],
    sessions: HashMap<[u8; 32], LoginSession>,
}

impl std::fmt::Debug for LoginSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Browsers({})", self.sessions.len())
    }
}

impl LoginSessions {
    pub fn new(rng: &mut impl CryptoRng) -> Self {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Self {
            key,
            sessions: HashMap::new(),
        }
    }

    /// A token for a form of this browser. It covers the contents of the page, so that the form
    /// allows exactly what the page shows.
    pub fn form_key(&self, browser: &str, says: &str) -> String {
        let mac = self.mac(browser, says);
        let mac = mac.map(|mac| mac.finalize().into_bytes());
        mac.map_or_else(String::new, |bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn is_form_of(&self, browser: &str, says: &str, form_key: &str) -> bool {
        let mac = self.mac(browser, says);
        let (Some(mac), Ok(bytes)) = (mac, URL_SAFE_NO_PAD.decode(form_key)) else {
            return false;
        };
        mac.verify_slice(&bytes).is_ok()
    }

    fn mac(&self, browser: &str, says: &str) -> Option<Mac> {
        let mut mac = Mac::new_from_slice(&self.key).ok()?;
        mac.update(browser.as_bytes());
        // A separator, which neither part contains.
        mac.update(&[0]);
        mac.update(says.as_bytes());
        Some(mac)
    }

    pub fn session(&self, browser: &str, now: UnixMs) -> Option<&LoginSession> {
        let session = self.sessions.get(&digest(browser))?;
        (now.0 - session.since.0 < SESSION_MS).then_some(session)
    }

    /// Signs in. The browser gets a new ID, so that one that was planted before is worthless.
    pub fn enter(
        &mut self,
        who: DeveloperId,
        mark: [u8; 32],
        now: UnixMs,
        rng: &mut impl CryptoRng,
    ) -> String {
        self.sessions
            .retain(|_, session| now.0 - session.since.0 < SESSION_MS);
        if self.sessions.len() >= SESSIONS_MAX {
            self.sessions.clear();
        }
        let browser = fresh(rng);
        let session = LoginSession {
            who,
            mark,
            since: now,
            allowed: HashMap::new(),
        };
        self.sessions.insert(digest(&browser), session);
        browser
    }

    pub fn leave(&mut self, browser: &str) {
        self.sessions.remove(&digest(browser));
    }

    pub fn allow(&mut self, browser: &str, client: &ClientId, redirect_uri: &str, scope: &str) {
        if let Some(session) = self.sessions.get_mut(&digest(browser)) {
            let shown = (client.clone(), redirect_uri.to_owned());
            let allowed = session.allowed.entry(shown).or_default();
            allowed.extend(scope.split(' ').map(str::to_owned));
        }
    }
}

pub fn fresh(rng: &mut impl CryptoRng) -> String {
    mint_client_secret(rng).expose().to_owned()
}

fn digest(browser: &str) -> [u8; 32] {
    Sha256::digest(browser.as_bytes()).into()
}

fn cookie_name(port: u16) -> String {
    format!("devconsole-{port}")
}

pub fn cookie_of(headers: &HeaderMap, port: u16) -> Option<String> {
    let name = cookie_name(port);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
        // Without this, the form of a page with an empty cookie would work without a cookie.
        .filter(|value| value.len() == CLIENT_SECRET_LEN)
}

pub fn set_cookie(browser: &str, port: u16) -> String {
    let name = cookie_name(port);
    let seconds = SESSION_MS / 1000;
    format!("{name}={browser}; Path=/restapi/oauth; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn a_form_belongs_to_one_browser_and_one_run() {
        let mut rng = StdRng::seed_from_u64(1);
        let login_sessions = LoginSessions::new(&mut rng);
        let key = login_sessions.form_key("a", "SMS");
        assert!(login_sessions.is_form_of("a", "SMS", &key));
        assert!(!login_sessions.is_form_of("b", "SMS", &key));
        assert!(!login_sessions.is_form_of("a", "SMS Faxes", &key));
        assert!(!login_sessions.is_form_of("a", "", &key));
        assert!(!login_sessions.is_form_of("a", "SMS", ""));
        assert!(!LoginSessions::new(&mut rng).is_form_of("a", "SMS", &key));
    }

    #[test]
    fn a_visit_ends_by_itself_and_by_leaving() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut login_sessions = LoginSessions::new(&mut rng);
        let who = DeveloperId::mint(&mut rng);
        let browser = login_sessions.enter(who.clone(), [0; 32], UnixMs(0), &mut rng);
        let app = ClientId::from_stored("app");
        login_sessions.allow(&browser, &app, "https://a/cb", "SMS Faxes");
        let session = login_sessions
            .session(&browser, UnixMs(SESSION_MS - 1))
            .unwrap();
        assert_eq!(session.who, who);
        let other = ClientId::from_stored("other");
        for (app, uri, scope, expected) in [
            (&app, "https://a/cb", "SMS", true),
            (&app, "https://a/cb", "Faxes SMS", true),
            (&app, "https://a/cb", "SMS openid", false),
            (&app, "https://b/cb", "SMS", false),
            (&other, "https://a/cb", "SMS", false),
        ] {
            assert_eq!(
                session.has_allowed(app, uri, scope),
                expected,
                "{uri} {scope}"
            );
        }
        assert!(
            login_sessions
                .session(&browser, UnixMs(SESSION_MS))
                .is_none()
        );
        login_sessions.leave(&browser);
        assert!(login_sessions.session(&browser, UnixMs(0)).is_none());
    }

    #[test]
    fn the_cookie_of_this_port_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let ours = fresh(&mut StdRng::seed_from_u64(1));
        headers.insert(
            header::COOKIE,
            format!("a=b; devconsole-1=x; devconsole-12={ours}")
                .parse()
                .unwrap(),
        );
        assert_eq!(cookie_of(&headers, 12), Some(ours));
        assert_eq!(cookie_of(&headers, 1), None, "not one of this server");
        assert_eq!(cookie_of(&headers, 2), None);
    }
}
