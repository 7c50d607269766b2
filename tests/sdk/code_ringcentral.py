"""Browser logins of RingCentral's Python SDK."""

import base64
import hashlib
import urllib.parse

import ringcentral.platform.platform
from ringcentral import SDK
from ringcentral.http.api_exception import ApiException
from walk import ME, REDIRECT, SECRET, SERVER, SHOP, code_of, refused, visit

# login_url() of 0.9.2 uses a module that it does not import.
ringcentral.platform.platform.urllib = urllib


def python_sdk():
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
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    pkce = lambda: code_of(visit(platform.login_url(REDIRECT, "st1", challenge)))
    refused(
        ApiException, "does not match", lambda: platform.login(code=pkce(), redirect_uri=REDIRECT, verifier="w" * 64)
    )
    platform.login(code=pkce(), redirect_uri=REDIRECT, verifier=verifier)
    assert platform.get(ME).json_dict()["name"] == "Ada King"
    platform.logout()
    other = SDK(SHOP, "wrong", SERVER).platform()
    refused(ApiException, "Invalid client credentials", lambda: other.login(code="x", redirect_uri=REDIRECT))
    print("ringcentral: code, with PKCE too; refused: the code again, redirect URIs, verifier, secret")


python_sdk()
