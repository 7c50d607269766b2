"""The app logs in with RingCentral's SDK, and its requests are checked in the log."""

import pytest

sdk = pytest.importorskip("ringcentral")


def login(platform):
    app = platform["apps"]["Nightly report"]
    client = sdk.SDK(app["client_id"], app["client_secret"], platform["server_url"]).platform()
    client.login(jwt=platform["jwts"]["ci"]["token"])
    return client


def test_the_app_needs_no_scope_that_it_has_not(platform, control):
    login(platform).get("/restapi/v1.0/account/~/extension/~")
    entries = control("GET", "log")["entries"]
    assert [entry["app"] for entry in entries] == ["Nightly report"] * 2
    assert all(entry["cause"] is None for entry in entries)


def test_a_limit_is_reported(platform, control):
    control("PUT", "faults", {"too_many_requests": "once"})
    with pytest.raises(Exception):
        login(platform)
    assert control("GET", "log")["entries"][0]["status"] == 429
