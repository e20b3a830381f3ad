#!/usr/bin/env bash
# Does what the image's own script does, by the functions of that script: makes the data folder on the first start, and
# brings the system tables to a newer version. Then starts the server with statements that it runs before it listens, so
# that user, password and database are what the release says at each start; the image alone would look at them on its
# very first start only. The statements are not for the servers that the script starts meanwhile: one of them knows no
# users.
set -eo pipefail
source /usr/local/bin/docker-entrypoint.sh

set -- mariadbd "$@"
mysql_check_config "$@"
docker_setup_env "$@"
docker_create_db_directories
if [ -z "$DATABASE_ALREADY_EXISTS" ]; then
  docker_verify_minimum_env
  docker_mariadb_init "$@"
elif _check_if_upgrade_is_needed; then
  docker_mariadb_upgrade "$@"
fi

# One statement a line. Names and password have no quotes or backslashes: the schema of the values sees to that.
umask 077
cat >/run/mysqld/woow.sql <<SQL
CREATE DATABASE IF NOT EXISTS \`$WOOW_DATABASE\`;
CREATE USER IF NOT EXISTS '$WOOW_USER'@'%' IDENTIFIED BY '$WOOW_PASSWORD';
ALTER USER '$WOOW_USER'@'%' IDENTIFIED BY '$WOOW_PASSWORD';
GRANT ALL PRIVILEGES ON \`$WOOW_DATABASE\`.* TO '$WOOW_USER'@'%';
SQL
umask 022

unset WOOW_PASSWORD MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD
exec "$@" --init-file=/run/mysqld/woow.sql
