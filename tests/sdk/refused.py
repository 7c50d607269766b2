"""A JWT login of the vendor's Python SDK that has to fail with RC_CODE."""

import os

from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

server, app, secret, jwt, code = (
    os.environ[f"RC_{name}"] for name in ("SERVER", "ID", "SECRET", "JWT", "CODE")
)
try:
    SDK(app, secret, server).platform().login(jwt=jwt)
    raise SystemExit(f"not refused with {code}")
except ApiException as error:
    text = error.api_response().text()
    assert code in text, text
print(f"refused: {os.environ['RC_WHAT']}, {code}")
