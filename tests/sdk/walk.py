"""Shared by the Python clients: all addresses, and a robot in place of a browser."""

import os
import urllib.parse
import urllib.request

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

NAMES = ("SERVER", "WALK", "REDIRECT", "SHOP_ID", "SHOP_SECRET", "PAGE_ID")
SERVER, WALK, REDIRECT, SHOP, SECRET, PAGE = (os.environ[f"RC_{name}"] for name in NAMES)
AUTHORIZE, TOKEN, REVOKE = (f"{SERVER}/restapi/oauth/{name}" for name in ("authorize", "token", "revoke"))
METADATA = f"{SERVER}/.well-known/openid-configuration"
ME = "/restapi/v1.0/account/~/extension/~"
VERIFIER, OTHER = "v" * 64, "w" * 64


def visit(url):
    """Signs in and allows. Returns where the browser is sent."""
    with urllib.request.urlopen(WALK + "?" + urllib.parse.urlencode({"url": url})) as answer:
        return answer.read().decode()


def query_of(back):
    return {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(back).query).items()}


def code_of(back):
    return query_of(back)["code"]


def refused(kind, what, work):
    try:
        work()
    except kind as error:
        # Some errors hold the text of the response, some the response itself.
        answer = getattr(error, "response", None)
        assert what in f"{error} {error!r} {getattr(answer, 'text', '')}", repr(error)
        return
    raise SystemExit(f"not refused: {what}")
