#!/bin/sh
# Starts Home Assistant as the image's own service does, but without the init system of the image, which needs root.
set -eu
cd /config

if [ ! -e configuration.yaml ]; then
  mkdir -p themes
  touch automations.yaml scripts.yaml scenes.yaml
  cp /etc/woow/configuration.yaml configuration.yaml
  chmod 0644 configuration.yaml
elif [ -e .storage/http ]; then
  # It keeps these settings itself since the first start, and complains about a second copy.
  sed -i '/^# woow: from here$/,/^# woow: to here$/d' configuration.yaml
fi

if [ -e /usr/local/lib/libjemalloc.so.2 ]; then
  export LD_PRELOAD=/usr/local/lib/libjemalloc.so.2
  export MALLOC_CONF=background_thread:true,metadata_thp:auto,dirty_decay_ms:20000,muzzy_decay_ms:20000
fi

# Packages of custom integrations go to the volume: the image's own folder is read-only.
unset UV_SYSTEM_PYTHON UV_PYTHON
export PYTHONUSERBASE=/config/deps

exec python3 -m homeassistant --config /config "$@"
