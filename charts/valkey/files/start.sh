#!/bin/sh
# Writes the settings and starts the server: a password on the command line could be read by whoever lists processes.
set -eu
umask 077

{
  echo "requirepass \"$VALKEYCLI_AUTH\""
  # Writing the data to the disk needs room beside it, so the data may fill only a part of what the container may use.
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
  if [ "$limit" != max ]; then
    echo "maxmemory $((limit / 100 * 65))"
  fi
} >/run/valkey/valkey.conf

exec valkey-server /run/valkey/valkey.conf "$@"
