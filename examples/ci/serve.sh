#!/bin/sh
# Runs a command beside a local server: ./serve.sh pytest
# The command finds the credentials in the file that DEVCONSOLE_CREDENTIALS names.
set -eu

devconsole="${DEVCONSOLE:-devconsole}"
apps="${APPS:-apps.toml}"
folder="$(mktemp -d)"
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

"$devconsole" serve --from "$apps" --port 0 \
  --credentials "$folder/credentials.json" --ready-file "$folder/ready" --log 2>"$folder/log" &
server=$!

tries=0
until [ -e "$folder/ready" ]; do
  # A server that found something wrong has ended and said why.
  kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { echo "The server was not ready within 10 s." >&2; exit 1; }
  sleep 0.05
done

code=0
DEVCONSOLE_CREDENTIALS="$folder/credentials.json" "$@" || code=$?
[ "$code" -eq 0 ] || cat "$folder/log" >&2
exit "$code"
