//! A login and a first API call in a few lines, for the authentication method of an app. The code
//! reads the `.env` for the local server and holds no secret.

use strum::VariantArray;

use crate::domain::app::{App, AppKind, AuthMethod};

#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Language {
    Curl,
    JavaScript,
    Python,
}

impl Language {
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

/// `None` for a type of app that cannot log in by itself, and for a public client in Python, whose
/// SDK always sends a secret.
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

// `--noproxy`: a proxy does not reach the local server, and should not see a secret. The local
// server answers to these three names.
// Arguments of a program can be read by every account of the machine: curl reads what is secret from
// its input (`-K -`), which a builtin of the shell writes.
macro_rules! curl {
    ($login:literal) => {
        concat!(
            r#"# Needs curl, sed and, beside this file, .env. Run: sh first_call.sh
. ./.env
# An option for curl, which other accounts cannot see as they can see arguments.
option() { printf '%s = "%s"\n' "$1" "$(printf %s "$2" | sed 's/[\\"]/\\&/g')"; }
no_answer() {
  start=
  case $RC_SERVER_URL in http://127.0.0.1:*|http://localhost:*)
    start=" In devconsole press b, then s. Or run: devconsole serve --port ${RC_SERVER_URL##*:}" ;;
  esac
  printf 'No answer from %s.%s\n%s\n' "$RC_SERVER_URL" "$start" "$1" >&2
}
# Prints the answer. Ends with what is wrong when there is none, or one that is no success.
ask() {
  said=$(curl -K - --silent --show-error --noproxy localhost,127.0.0.1,::1 --write-out '\n%{http_code}' "$@" 2>&1) ||
    { no_answer "$(printf %s "${said%000}")"; return 1; }
  status=${said##*
}
  said=${said%?"$status"}
  case $status in 2??) printf '%s\n' "$said" ;; *) echo "HTTP $status: $said" >&2; return 1 ;; esac
}
"#,
            $login,
            r#"case $answer in *'"access_token"'*) ;; *) echo "There is no access token in the answer: $answer" >&2; exit 1 ;; esac
token=$(printf %s "$answer" | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
option header "Authorization: Bearer $token" | ask "$RC_SERVER_URL/restapi/v1.0/account/~/extension/~"
"#
        )
    };
}

const CURL_JWT: &str = curl!(
    r#"answer=$({
  option user "$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET"
  option data-urlencode "assertion=$RC_USER_JWT"
} | ask "$RC_SERVER_URL/restapi/oauth/token" \
  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer) || exit 1
"#
);

const CURL_CODE: &str = curl!(
    r#"# Needs openssl, too.
verifier=$(openssl rand -hex 32)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
redirect=$(printf %s "$RC_REDIRECT_URL" | sed 's/%/%25/g; s/&/%26/g; s/+/%2B/g')
echo "Open: $RC_SERVER_URL/restapi/oauth/authorize?response_type=code&client_id=$RC_APP_CLIENT_ID&redirect_uri=$redirect&code_challenge=$challenge&code_challenge_method=S256"
printf 'The code in the address that the browser ends at, within 60 s: '; read -r code
answer=$({
  [ -z "$RC_APP_CLIENT_SECRET" ] || option user "$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET"
  option data "code=$code"
  option data "code_verifier=$verifier"
} | ask "$RC_SERVER_URL/restapi/oauth/token" \
  -d "client_id=$RC_APP_CLIENT_ID" -d grant_type=authorization_code \
  --data-urlencode "redirect_uri=$RC_REDIRECT_URL") || exit 1
"#
);

// The SDK uses node-fetch 2, which ignores proxies.
macro_rules! js {
    ($begin:literal, $login:literal) => {
        concat!(
            "// First: npm install @ringcentral/sdk dotenv\nrequire('dotenv').config({ quiet: true });\n",
            $begin,
            r#"const { SDK } = require('@ringcentral/sdk');

const server = process.env.RC_SERVER_URL;
const failed = (error) => {
  const answer = error.response ? `HTTP ${error.response.status}: ` : '';
  if (!answer && / reason: /.test(error.message)) {
    const local = /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(server);
    const start = local ? ` In devconsole press b, then s. Or run: devconsole serve --port ${local[1]}` : '';
    console.error(`No answer from ${server}.${start}`);
  }
  console.error(`${server}: ${answer}${error.message}`);
  process.exit(1);
};
"#,
            $login
        )
    };
}

const JS_JWT: &str = js!(
    "",
    r#"
(async () => {
  const rcsdk = new SDK({
    server,
    clientId: process.env.RC_APP_CLIENT_ID,
    clientSecret: process.env.RC_APP_CLIENT_SECRET,
  });
  await rcsdk.login({ jwt: process.env.RC_USER_JWT });
  const response = await rcsdk.get('/restapi/v1.0/account/~/extension/~');
  console.log(await response.json());
})().catch(failed);
"#
);

const JS_CODE: &str = js!(
    "const http = require('http');\n",
    r#"const redirectUri = process.env.RC_REDIRECT_URL;
const { hostname, port } = new URL(redirectUri);
const rcsdk = new SDK({
  server,
  clientId: process.env.RC_APP_CLIENT_ID,
  clientSecret: process.env.RC_APP_CLIENT_SECRET,
  redirectUri,
});
console.log('Open:', rcsdk.platform().loginUrl({ usePKCE: true }));
http.createServer(async (request, response) => {
  const back = new URL(request.url, redirectUri).searchParams;
  response.end(back.get('code') || back.get('error') ? 'You can close this page.' : '');
  if (back.get('error')) failed(new Error(`${back.get('error')}: ${back.get('error_description')}`));
  if (!back.get('code')) return;
  try {
    await rcsdk.platform().login({ code: back.get('code'), redirect_uri: redirectUri });
    const answer = await rcsdk.get('/restapi/v1.0/account/~/extension/~');
    console.log(await answer.json());
    process.exit();
  } catch (error) {
    failed(error);
  }
}).on('error', failed).listen(port || 80, hostname.replace(/^\[|\]$/g, ''));
"#
);

macro_rules! python {
    ($begin:literal, $login:literal) => {
        concat!(
            $begin,
            r#"

def no_answer(reason):
    start = ""
    if server.startswith(("http://127.0.0.1:", "http://localhost:")):
        start = f" In devconsole press b, then s. Or run: devconsole serve --port {server.rsplit(':', 1)[1]}"
    sys.exit(f"No answer from {server}.{start}\n{reason}")


"#,
            $login
        )
    };
}

const PYTHON_JWT: &str = python!(
    r#"# First: pip install ringcentral python-dotenv
import os
import sys
from dotenv import load_dotenv

load_dotenv()
# The local server is not behind a proxy. Read when the SDK makes a request.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1,::1," + os.environ.get("NO_PROXY", "")

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

server = os.environ["RC_SERVER_URL"]
"#,
    r#"platform = SDK(os.environ["RC_APP_CLIENT_ID"], os.environ["RC_APP_CLIENT_SECRET"], server).platform()
try:
    platform.login(jwt=os.environ["RC_USER_JWT"])
    print(platform.get("/restapi/v1.0/account/~/extension/~").text())
except ApiException as error:
    # Its own text repeats the request, with the secret.
    answer = error.api_response().response()
    if answer is None:
        no_answer(error.__context__)
    sys.exit(f"{server}: HTTP {answer.status_code}: {answer.text}")
except Exception as error:
    sys.exit(f"{server}: {error}")
"#
);

// Not with RingCentral's SDK: its `login_url()` fails in version 0.9.2, because an import is missing.
const PYTHON_CODE: &str = python!(
    r#"# First: pip install requests-oauthlib python-dotenv
# Not login_url() of the package ringcentral: in its version 0.9.2 it ends with a NameError.
import os
import sys
from dotenv import load_dotenv
from oauthlib.oauth2 import OAuth2Error
from requests import ConnectionError, RequestException
from requests_oauthlib import OAuth2Session

load_dotenv()
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the local server has no TLS
# ... and is not behind a proxy.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1,::1," + os.environ.get("NO_PROXY", "")
server = os.environ["RC_SERVER_URL"]
"#,
    r#"session = OAuth2Session(
    os.environ["RC_APP_CLIENT_ID"], redirect_uri=os.environ["RC_REDIRECT_URL"], pkce="S256"
)
url, _ = session.authorization_url(server + "/restapi/oauth/authorize")
print("Open:", url)
try:
    session.fetch_token(
        server + "/restapi/oauth/token",
        authorization_response=input("The address that the browser ends at, within 60 s: "),
        client_secret=os.environ.get("RC_APP_CLIENT_SECRET"),
        include_client_id=True,
    )
    answer = session.get(server + "/restapi/v1.0/account/~/extension/~")
    answer.raise_for_status()
    print(answer.json())
except ConnectionError as error:
    no_answer(error)
except (OAuth2Error, RequestException) as error:
    sys.exit(f"{server}: {error}")
"#
);
