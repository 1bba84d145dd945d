# Succeeds when MySQL answers root's login over the network: TRIES, with pauses of half a second.
# The temporary server of a set-up listens on no network, so it does not count.
set -u
options=(--no-defaults --connect-timeout=5 --host="$POD_IP" --user=root)
client=mysql
if command -v mariadb >/dev/null; then
  client=mariadb
  options+=(--skip-ssl)
fi
IFS= read -r MYSQL_PWD <"$MYSQL_ROOT_PASSWORD_FILE"
export MYSQL_PWD
answers() { "$client" "${options[@]}" --execute='DO 1'; }
for ((try = 1; try < $1; try++)); do
  if answers 2>/dev/null; then exit 0; fi
  sleep 0.5
done
answers
