"""Codes that three published Python clients present and that must be refused with RC_SAID."""

import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.base_client import OAuthError  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session as Authlib  # noqa: E402
from oauthlib.oauth2 import OAuth2Error  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402
from ringcentral import SDK  # noqa: E402
from ringcentral.http.api_exception import ApiException  # noqa: E402

NAMES = ("SERVER", "REDIRECT", "SHOP_ID", "SHOP_SECRET", "CODES", "SAID", "WHAT")
server, redirect, app, secret, codes, said, what = (os.environ[f"RC_{name}"] for name in NAMES)
token = f"{server}/restapi/oauth/token"


def python_sdk(code):
    SDK(app, secret, server).platform().login(code=code, redirect_uri=redirect)


def authlib(code):
    session = Authlib(app, secret, redirect_uri=redirect)
    session.fetch_token(token, code=code, grant_type="authorization_code")


def requests_oauthlib(code):
    session = OAuth2Session(app, redirect_uri=redirect)
    session.fetch_token(token, code=code, client_secret=secret, include_client_id=True)


clients = ((python_sdk, ApiException), (authlib, OAuthError), (requests_oauthlib, OAuth2Error))
for (login, kind), code in zip(clients, codes.split(), strict=True):
    try:
        login(code)
    except kind as error:
        text = error.api_response().text() if kind is ApiException else str(error)
        assert said in text, text
        print(f"refused: {what}, {login.__name__}")
    else:
        raise SystemExit(f"not refused: {what}, {login.__name__}")
