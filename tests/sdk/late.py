"""A code that is 61 seconds old. Runs beside the other clients, since it waits."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

server, walk, redirect = (os.environ[f"RC_{name}"] for name in ("SERVER", "WALK", "REDIRECT"))
asked = {"response_type": "code", "client_id": os.environ["RC_SHOP_ID"], "redirect_uri": redirect}
url = f"{server}/restapi/oauth/authorize?{urllib.parse.urlencode(asked)}"
with urllib.request.urlopen(walk + "?" + urllib.parse.urlencode({"url": url})) as answer:
    back = answer.read().decode()
code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
time.sleep(61)
fields = {
    "grant_type": "authorization_code",
    "code": code,
    "redirect_uri": redirect,
    "client_id": os.environ["RC_SHOP_ID"],
    "client_secret": os.environ["RC_SHOP_SECRET"],
}
try:
    urllib.request.urlopen(f"{server}/restapi/oauth/token", urllib.parse.urlencode(fields).encode())
    raise SystemExit("a late code was taken")
except urllib.error.HTTPError as error:
    said = json.load(error)
    assert (error.code, said["errors"][0]["errorCode"]) == (400, "OAU-108"), said
print("refused: a code after 61 s")
