#!/bin/sh
# The image runs this before every start, once Nextcloud is installed. What a release says counts at each start; the
# image alone would look at the address on its very first start only.
set -eu
occ() { php /var/www/html/occ --no-warnings "$@"; }

occ config:system:set trusted_domains 0 --value=localhost
occ config:system:set trusted_domains 1 --value="$WOOW_SERVICE"
if [ -n "$WOOW_HOST" ]; then
  occ config:system:set trusted_domains 2 --value="$WOOW_HOST"
fi
if [ -n "$WOOW_PHONE_REGION" ]; then
  occ config:system:set default_phone_region --value="$WOOW_PHONE_REGION"
fi
occ config:system:set maintenance_window_start --type=integer --value="$WOOW_MAINTENANCE_HOUR"
occ background:cron
