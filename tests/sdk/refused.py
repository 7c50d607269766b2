"""A JWT login of RingCentral's Python SDK that must fail with RC_SAID."""

import os

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

NAMES = ("SERVER", "ID", "SECRET", "JWT", "SAID", "WHAT")
server, app, secret, jwt, said, what = (os.environ[f"RC_{name}"] for name in NAMES)
try:
    SDK(app, secret, server).platform().login(jwt=jwt)
    raise SystemExit(f"not refused: {what}")
except ApiException as error:
    text = error.api_response().text()
    assert said in text, text
print(f"refused: {what}, ringcentral (PyPI)")
