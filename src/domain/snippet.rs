//! A login and a first call in a few lines, for an app's own auth method. They read the `.env` for
//! the sandbox; no secret is in them.

use super::app::{App, AppKind, AuthMethod};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Curl,
    JavaScript,
    Python,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Curl, Self::JavaScript, Self::Python];

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Curl => "first_call.sh",
            Self::JavaScript => "first_call.js",
            Self::Python => "first_call.py",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Curl => "first call with curl",
            Self::JavaScript => "first call in JavaScript",
            Self::Python => "first call in Python",
        }
    }
}

/// `None` for a type of app that does not log in by itself, and where an SDK cannot: that of
/// Python always sends a secret.
pub fn snippet(app: &App, language: Language) -> Option<String> {
    let AppKind::RestApi { auth, .. } = &app.spec.kind else {
        return None;
    };
    let is_jwt = *auth == AuthMethod::Jwt;
    let text = match (language, is_jwt) {
        (Language::Curl, true) => CURL_JWT,
        (Language::Curl, false) => CURL_CODE,
        (Language::JavaScript, true) => JS_JWT,
        (Language::JavaScript, false) => JS_CODE,
        (Language::Python, true) => PYTHON_JWT,
        (Language::Python, false) => PYTHON_CODE,
    };
    Some(text.to_owned())
}

const CURL_JWT: &str = r#"set -a; . ./.env; set +a
answer=$(curl -s "$RC_SERVER_URL/restapi/oauth/token" \
  -u "$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET" \
  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \
  --data-urlencode "assertion=$RC_USER_JWT")
case $answer in *'"access_token"'*) ;; *) echo "No token: $answer" >&2; exit 1 ;; esac
token=$(printf %s "$answer" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s "$RC_SERVER_URL/restapi/v1.0/account/~/extension/~" \
  -H "Authorization: Bearer $token"
echo
"#;

const CURL_CODE: &str = r#"set -a; . ./.env; set +a
verifier=$(openssl rand -hex 32)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
redirect=$(printf %s "$RC_REDIRECT_URL" | sed 's/%/%25/g; s/&/%26/g; s/+/%2B/g')
echo "Open: $RC_SERVER_URL/restapi/oauth/authorize?response_type=code&client_id=$RC_APP_CLIENT_ID&redirect_uri=$redirect&code_challenge=$challenge&code_challenge_method=S256"
printf 'code of the address that the browser comes to, within 60 s: '; read -r code
answer=$(curl -s "$RC_SERVER_URL/restapi/oauth/token" \
  ${RC_APP_CLIENT_SECRET:+-u "$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET"} \
  -d "client_id=$RC_APP_CLIENT_ID" -d grant_type=authorization_code -d "code=$code" \
  --data-urlencode "redirect_uri=$RC_REDIRECT_URL" -d "code_verifier=$verifier")
case $answer in *'"access_token"'*) ;; *) echo "No token: $answer" >&2; exit 1 ;; esac
token=$(printf %s "$answer" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -s "$RC_SERVER_URL/restapi/v1.0/account/~/extension/~" \
  -H "Authorization: Bearer $token"
echo
"#;

const JS_JWT: &str = r#"// npm install @ringcentral/sdk dotenv
require('dotenv').config();
const { SDK } = require('@ringcentral/sdk');

(async () => {
  const rcsdk = new SDK({
    server: process.env.RC_SERVER_URL,
    clientId: process.env.RC_APP_CLIENT_ID,
    clientSecret: process.env.RC_APP_CLIENT_SECRET,
  });
  await rcsdk.login({ jwt: process.env.RC_USER_JWT });
  const response = await rcsdk.get('/restapi/v1.0/account/~/extension/~');
  console.log(await response.json());
})();
"#;

const JS_CODE: &str = r#"// npm install @ringcentral/sdk dotenv
require('dotenv').config();
const http = require('http');
const { SDK } = require('@ringcentral/sdk');

const redirectUri = process.env.RC_REDIRECT_URL;
const { hostname, port } = new URL(redirectUri);
const rcsdk = new SDK({
  server: process.env.RC_SERVER_URL,
  clientId: process.env.RC_APP_CLIENT_ID,
  clientSecret: process.env.RC_APP_CLIENT_SECRET,
  redirectUri,
});
console.log('Open:', rcsdk.platform().loginUrl({ usePKCE: true }));
http.createServer(async (request, response) => {
  const code = new URL(request.url, redirectUri).searchParams.get('code');
  response.end(code ? 'You can close this page.' : '');
  if (!code) return;
  await rcsdk.platform().login({ code, redirect_uri: redirectUri });
  const answer = await rcsdk.get('/restapi/v1.0/account/~/extension/~');
  console.log(await answer.json());
  process.exit();
}).listen(port || 80, hostname);
"#;

const PYTHON_JWT: &str = r#"# pip install ringcentral python-dotenv
import os
from dotenv import load_dotenv
from ringcentral import SDK

load_dotenv()
sdk = SDK(os.environ["RC_APP_CLIENT_ID"], os.environ["RC_APP_CLIENT_SECRET"], os.environ["RC_SERVER_URL"])
platform = sdk.platform()
platform.login(jwt=os.environ["RC_USER_JWT"])
print(platform.get("/restapi/v1.0/account/~/extension/~").text())
"#;

// `login_url()` of the SDK, version 0.9.2, fails: it lacks an import.
const PYTHON_CODE: &str = r#"# pip install requests-oauthlib python-dotenv
import os
from dotenv import load_dotenv
from requests_oauthlib import OAuth2Session

load_dotenv()
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the local platform has no TLS
server = os.environ["RC_SERVER_URL"]
session = OAuth2Session(
    os.environ["RC_APP_CLIENT_ID"], redirect_uri=os.environ["RC_REDIRECT_URL"], pkce="S256"
)
url, _ = session.authorization_url(server + "/restapi/oauth/authorize")
print("Open:", url)
session.fetch_token(
    server + "/restapi/oauth/token",
    authorization_response=input("The address that the browser comes to, within 60 s: "),
    client_secret=os.environ.get("RC_APP_CLIENT_SECRET"),
    include_client_id=True,
)
print(session.get(server + "/restapi/v1.0/account/~/extension/~").json())
"#;
