"""Browser logins of requests-oauthlib."""

from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session
from walk import AUTHORIZE, ME, PAGE, REDIRECT, REVOKE, SECRET, SERVER, SHOP, TOKEN, code_of, refused, visit


def requests_oauthlib(what, client_id, secret):
    session = OAuth2Session(client_id, redirect_uri=REDIRECT, pkce="S256")
    url, _ = session.authorization_url(AUTHORIZE)
    key = {"client_secret": secret, "include_client_id": True} if secret else {"include_client_id": True}
    back = visit(url)
    # It requires https in the answer, in spite of its setting.
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


requests_oauthlib("with a secret", SHOP, SECRET)
requests_oauthlib("without a secret", PAGE, None)
