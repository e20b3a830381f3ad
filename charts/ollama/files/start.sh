#!/usr/bin/env bash
# Starts the server and fetches the model where it is missing. That it cannot be fetched is no reason to stop: models can
# be fetched later, and the others work.
set -u

ollama serve &
server=$!
trap 'kill -TERM "$server"' TERM INT

if [ -n "${WOOW_MODEL:-}" ]; then
  until ollama list >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 1
  done
  ollama pull "$WOOW_MODEL" || echo "the model $WOOW_MODEL could not be fetched" >&2
fi

# A signal ends `wait` early, while the server still finishes its work.
wait "$server"
code=$?
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
exit "$code"
