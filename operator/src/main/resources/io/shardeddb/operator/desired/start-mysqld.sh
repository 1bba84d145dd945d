# Starts MySQL by the image's entry point: FOLDER [ARGUMENT...].
# The entry point skips its set-up once FOLDER/mysql exists, also where an earlier set-up was interrupted. The schema
# shardeddb_server marks a complete one: the shard server makes it when it has logged in, and copies (s_*) only later.
# Without it nothing of ours is in the folder, so the folder is emptied and the set-up done from its beginning.
set -eu
shopt -s nullglob dotglob
folder=$1
shift
# A folder that cannot be listed must not look like one without the mark.
ls -A "$folder" >/dev/null
complete=no
for schema in "$folder/shardeddb_server" "$folder"/s_*; do
  if [ -d "$schema" ]; then complete=yes; fi
done
content=("$folder"/*)
if [ "$complete" = no ] && [ "${#content[@]}" -gt 0 ]; then
  echo "start-mysqld: the set-up of $folder was interrupted; emptying it to set it up again"
  rm -rf -- "${content[@]}"
fi
exec docker-entrypoint.sh mysqld "$@"
