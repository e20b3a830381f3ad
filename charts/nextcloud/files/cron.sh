#!/usr/bin/env bash
# Runs the background jobs every five minutes, beside the server: the image's own way, crond, needs root. Not while the
# server is being installed or updated, when it does not listen.
trap 'exit 0' TERM INT
while true; do
  if (exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null; then
    php -f /var/www/html/cron.php
  fi
  sleep 300 &
  wait $!
done
