#!/usr/bin/env bash
# Runs what is scheduled every five minutes. WordPress itself would do it while visitors wait, by a request to its own address,
# which cannot be reached from inside everywhere. Not before the server listens.
trap 'exit 0' TERM INT
while true; do
  if (exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null; then
    php /var/www/html/wp-cron.php
  fi
  sleep 300 &
  wait $!
done
