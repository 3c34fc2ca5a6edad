#!/bin/sh
# Runs once, when the database is empty: an ordinary role that owns the site's database and may
# create the two roles of web and worker. The site itself never logs in as superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$DATABASE_OWNER_PASSWORD" <<'SQL'
CREATE ROLE emsar_owner LOGIN CREATEDB CREATEROLE PASSWORD :'owner_password';
CREATE DATABASE emsar OWNER emsar_owner ENCODING 'UTF8' TEMPLATE template0;
SQL
