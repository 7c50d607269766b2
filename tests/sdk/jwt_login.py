"""RingCentral's Python SDK, as it is published: JWT login, refresh, a first call, logout,
refusals."""

import os

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

SERVER, ID, SECRET, JWT = (os.environ[f"RC_{name}"] for name in ("SERVER", "ID", "SECRET", "JWT"))
ME = "/restapi/v1.0/account/~/extension/~"


def refused(what, code, **key):
    platform = SDK(key.get("id", ID), key.get("secret", SECRET), SERVER).platform()
    try:
        platform.login(jwt=key.get("jwt", JWT))
    except ApiException as error:
        assert code in error.api_response().text(), error
        print(f"refused: {what}")
        return
    raise SystemExit(f"not refused: {what}")


platform = SDK(ID, SECRET, SERVER).platform()
platform.login(jwt=JWT)
assert platform.get(ME).json_dict()["name"] == "Ada King", platform.get(ME).text()
platform.refresh()
assert platform.get(ME).json_dict()["name"] == "Ada King"
platform.logout()
assert not platform.logged_in()
refused("a wrong secret", "OAU-146", secret="wrong")
refused("an unknown app", "OAU-153", id="nobody")
refused("a token that is none", "DEV-105", jwt="a.b.c")
print("ringcentral (PyPI): login, call, refresh, logout")
