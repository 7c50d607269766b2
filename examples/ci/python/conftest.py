"""pytest: one local server for the whole session. Needs devconsole on the PATH."""

import json
import os
import pathlib
import subprocess
import urllib.request

import pytest

APPS = pathlib.Path(__file__).resolve().parent.parent / "apps.toml"


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """The contents of the credentials file."""
    credentials = tmp_path_factory.mktemp("devconsole") / "credentials.json"
    program = os.environ.get("DEVCONSOLE", "devconsole")
    arguments = ["serve", "--from", APPS, "--port", "0", "--credentials", credentials]
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True) as serve:
        # The file is complete once the server says that it listens.
        assert serve.stdout.readline().startswith("listening on ")
        yield json.loads(credentials.read_text())
        serve.terminate()
        assert serve.wait(1) == 0


@pytest.fixture
def control(platform):
    """Calls /__devconsole: control("GET", "log"), control("PUT", "faults", {"slow": "once"})."""

    def call(method, path, body=None):
        request = urllib.request.Request(
            f"{platform['server_url']}/__devconsole/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {platform['control_token']}"},
        )
        with urllib.request.urlopen(request) as response:
            text = response.read()
            return json.loads(text) if text else None

    yield call
    call("DELETE", "faults")
    call("DELETE", "log")
