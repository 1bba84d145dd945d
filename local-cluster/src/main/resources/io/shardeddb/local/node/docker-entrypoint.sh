#!/bin/bash
# Stands for the entry point of the official images mariadb and mysql. It takes the same steps in the same order, and
# an interruption leaves the same: a folder mysql/ that makes the next start skip the set-up. Folders made before are
# copied where the images make them. The launcher says where everything is:
#   MYSQLD_DATA           the data directory
#   MYSQLD_SYSTEM_TABLES  what the bootstrap makes: system tables, root without password, from this host only
#   MYSQLD_SET_UP         what the temporary server makes of it: root's password and the accounts; empty without password
#   MYSQLD_OPTIONS        the options of every start, one a line
set -eo pipefail
case "$1" in
  mysqld | mariadbd) shift ;;
esac
if [ ! -d "$MYSQLD_DATA/mysql" ]; then
  if [ -z "$MYSQLD_SET_UP" ]; then
    echo '[Entrypoint]: Database is uninitialized and password option is not specified' >&2
    echo '    You need to specify one of MYSQL_ROOT_PASSWORD, MYSQL_ROOT_PASSWORD_FILE, MYSQL_ALLOW_EMPTY_PASSWORD' >&2
    exit 1
  fi
  echo '[Entrypoint]: Initializing database files'
  cp -r "$MYSQLD_SYSTEM_TABLES/mysql" "$MYSQLD_DATA"
  cp -r "$MYSQLD_SYSTEM_TABLES/." "$MYSQLD_DATA"
  echo '[Entrypoint]: Starting temporary server'
  find "$MYSQLD_DATA" -mindepth 1 -maxdepth 1 ! -name mysql -exec rm -rf {} +
  cp -r "$MYSQLD_SET_UP/." "$MYSQLD_DATA"
  echo '[Entrypoint]: init process done. Ready for start up.'
fi
mapfile -t options <<<"$MYSQLD_OPTIONS"
exec mysqld "${options[@]}" "$@"
