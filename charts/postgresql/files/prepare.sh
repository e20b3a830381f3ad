#!/usr/bin/env bash
# Runs before every start of the server: makes the database directory if it is new, then brings role, password, database
# and extension to what the release says. The image alone would look at these on its very first start only.
set -Eeuo pipefail

/usr/local/bin/docker-ensure-initdb.sh postgres

# Reachable by the Unix socket only, and gone again before the real server starts.
pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
trap 'pg_ctl -D "$PGDATA" -m fast -w stop' EXIT

# Values reach SQL by \getenv: never on a command line, and quoted by psql. Statements are kept out of the log.
PGOPTIONS='-c log_min_error_statement=panic -c log_statement=none -c log_min_duration_statement=-1' \
  psql --no-psqlrc --quiet --username postgres --dbname postgres --set ON_ERROR_STOP=1 <<'SQL'
\getenv user WOOW_USER
\getenv database WOOW_DATABASE
\getenv password POSTGRES_PASSWORD
SELECT format('CREATE ROLE %I LOGIN CREATEDB CREATEROLE', :'user')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
ALTER ROLE :"user" LOGIN PASSWORD :'password';
ALTER ROLE postgres PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'user')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', :'database', :'user') WHERE :'database' <> 'postgres' \gexec
SQL

if [ "$WOOW_STAT_STATEMENTS" = true ]; then
  psql --no-psqlrc --quiet --username postgres --dbname "$WOOW_DATABASE" --set ON_ERROR_STOP=1 <<'SQL'
\getenv user WOOW_USER
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
GRANT pg_read_all_stats TO :"user";
SQL
fi
