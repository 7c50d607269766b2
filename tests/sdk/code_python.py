"""Browser logins of three published Python clients: ringcentral, Authlib, requests-oauthlib."""

import os
import urllib.parse
import urllib.request

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import ringcentral.platform.platform  # noqa: E402
from authlib.integrations.base_client import OAuthError  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session as Authlib  # noqa: E402
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: E402
from oauthlib.oauth2 import OAuth2Error  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402
from ringcentral import SDK  # noqa: E402
from ringcentral.http.api_exception import ApiException  # noqa: E402

# login_url() of 0.9.2 uses a module that it does not import.
ringcentral.platform.platform.urllib = urllib

NAMES = ("SERVER", "WALK", "REDIRECT", "SHOP_ID", "SHOP_SECRET", "PAGE_ID")
SERVER, WALK, REDIRECT, SHOP, SECRET, PAGE = (os.environ[f"RC_{name}"] for name in NAMES)
AUTHORIZE, TOKEN, REVOKE = (f"{SERVER}/restapi/oauth/{name}" for name in ("authorize", "token", "revoke"))
ME = "/restapi/v1.0/account/~/extension/~"


def visit(url):
    with urllib.request.urlopen(WALK + "?" + urllib.parse.urlencode({"url": url})) as answer:
        return answer.read().decode()


def code_of(back):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]


def refused(kind, what, work):
    try:
        work()
    except kind as error:
        assert what in str(error), error
        return
    raise SystemExit(f"not refused: {what}")


def vendor():
    platform = SDK(SHOP, SECRET, SERVER).platform()
    code = code_of(visit(platform.login_url(REDIRECT, "st1")))
    platform.login(code=code, redirect_uri=REDIRECT)
    assert platform.get(ME).json_dict()["name"] == "Ada King"
    platform.refresh()
    assert platform.get(ME).json_dict()["name"] == "Ada King"
    refused(ApiException, "Invalid authorization code", lambda: platform.login(code=code, redirect_uri=REDIRECT))
    platform = SDK(SHOP, SECRET, SERVER).platform()
    code = code_of(visit(platform.login_url(REDIRECT, "st1")))
    refused(ApiException, "Redirect URIs do not match", lambda: platform.login(code=code, redirect_uri=REDIRECT + "/"))
    assert "OAU-109" in visit(platform.login_url(REDIRECT + "/", "st1"))
    verifier = "v" * 64
    challenge = create_s256_code_challenge(verifier)
    pkce = lambda: code_of(visit(platform.login_url(REDIRECT, "st1", challenge)))
    refused(
        ApiException, "does not fit", lambda: platform.login(code=pkce(), redirect_uri=REDIRECT, verifier="w" * 64)
    )
    platform.login(code=pkce(), redirect_uri=REDIRECT, verifier=verifier)
    assert platform.get(ME).json_dict()["name"] == "Ada King"
    platform.logout()
    other = SDK(SHOP, "wrong", SERVER).platform()
    refused(ApiException, "Invalid client credentials", lambda: other.login(code="x", redirect_uri=REDIRECT))
    print("ringcentral: code, with PKCE too; refused: the code again, redirect URIs, verifier, secret")


def authlib(what, **client):
    session = Authlib(redirect_uri=REDIRECT, code_challenge_method="S256", **client)
    verifier = "v" * 64
    url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    back = visit(url)
    session.fetch_token(TOKEN, authorization_response=back, code_verifier=verifier)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    session.refresh_token(TOKEN)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    assert session.revoke_token(REVOKE, session.token["access_token"]).status_code == 200
    assert session.get(SERVER + ME).status_code == 401
    again = lambda: session.fetch_token(TOKEN, authorization_response=back, code_verifier=verifier)
    refused(OAuthError, "invalid_grant", again)
    url, state = session.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    back = visit(url)
    wrong = lambda: session.fetch_token(TOKEN, authorization_response=back, code_verifier="w" * 64)
    refused(OAuthError, "invalid_grant", wrong)
    elsewhere = Authlib(redirect_uri=REDIRECT + "/", code_challenge_method="S256", **client)
    url, _ = elsewhere.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    assert "OAU-109" in visit(url)
    if "client_secret" in client:
        liar = Authlib(redirect_uri=REDIRECT, **{**client, "client_secret": "wrong"})
        refused(OAuthError, "invalid_client", lambda: liar.fetch_token(TOKEN, code="x", grant_type="authorization_code"))
    print(f"Authlib: code with PKCE, {what}; refused: the code again, redirect URI, verifier, secret")


def requests_oauthlib(what, client_id, secret):
    session = OAuth2Session(client_id, redirect_uri=REDIRECT, pkce="S256")
    url, _ = session.authorization_url(AUTHORIZE)
    key = {"client_secret": secret, "include_client_id": True} if secret else {"include_client_id": True}
    back = visit(url)
    # It demands https in the answer, though it is told not to.
    session.fetch_token(TOKEN, authorization_response=back, **key)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    more = {"client_id": client_id, **({"client_secret": secret} if secret else {})}
    session.refresh_token(TOKEN, **more)
    assert session.get(SERVER + ME).json()["name"] == "Ada King"
    gone = session.post(REVOKE, data={"token": session.access_token, **more}, withhold_token=True)
    assert gone.status_code == 200, gone.text
    assert session.get(SERVER + ME).status_code == 401
    refused(OAuth2Error, "invalid_grant", lambda: session.fetch_token(TOKEN, code=code_of(back), **key))
    back = visit(session.authorization_url(AUTHORIZE)[0])
    session._client.code_verifier = "w" * 64
    session._code_verifier = "w" * 64
    refused(OAuth2Error, "invalid_grant", lambda: session.fetch_token(TOKEN, code=code_of(back), **key))
    elsewhere = OAuth2Session(client_id, redirect_uri=REDIRECT + "/", pkce="S256")
    assert "OAU-109" in visit(elsewhere.authorization_url(AUTHORIZE)[0])
    if secret:
        lie = {**key, "client_secret": "wrong"}
        refused(OAuth2Error, "invalid_client", lambda: session.fetch_token(TOKEN, code="x", **lie))
    print(f"requests-oauthlib: code with PKCE, {what}; refused: the code again, redirect URI, verifier, secret")


vendor()
authlib("with a secret", client_id=SHOP, client_secret=SECRET)
authlib("without a secret", client_id=PAGE, token_endpoint_auth_method="none")
requests_oauthlib("with a secret", SHOP, SECRET)
requests_oauthlib("without a secret", PAGE, None)
