#!/usr/bin/env bash
# Runs before every start: writes the settings, brings the tables to this version, and makes the administrator if there
# is none.
set -euo pipefail

# Encrypts two-factor secrets and the like. It lies with the data, so that the data can be moved and read.
key=/var/lib/gitea/custom/conf/secret_key
if [ ! -s "$key" ]; then
  mkdir -p "$(dirname "$key")"
  (umask 077 && /app/gitea/gitea generate secret SECRET_KEY >"$key")
fi

# The image's own script: variables go to app.ini.
/usr/local/bin/docker-setup.sh

forgejo() { /app/gitea/gitea --config "$GITEA_APP_INI" "$@"; }

forgejo migrate

users=$(forgejo admin user list --admin)
# Lines of users begin with their number.
if ! grep -qE '^[0-9]+[[:space:]]' <<<"$users"; then
  forgejo admin user create --admin --must-change-password=false \
    --username "$WOOW_ADMIN_USER" --email "$WOOW_ADMIN_EMAIL" --password "$WOOW_ADMIN_PASSWORD"
fi
