#!/bin/sh
# prepare.sh MAIN_CLASS: run while an image is built, in the folder with the program's libraries (lib/) and its jar.
# Writes what the entry point reads: options (class path and flags), java.security, and app.aot, a cache of loaded and
# linked classes, from a run of the program that finds no cluster and is stopped after a while.
set -eu
main=$1
# A pod that moved has a new address under its old name.
printf 'networkaddress.cache.ttl=1\nnetworkaddress.cache.negative.ttl=1\n' >java.security
{
  printf -- '-cp '
  # Written out in order: the cache is valid for exactly this class path.
  separator=''
  for jar in *.jar lib/*.jar; do
    printf '%s%s' "$separator" "$jar"
    separator=':'
  done
  printf '\n-Djava.security.properties=java.security\n'
  printf -- '--enable-native-access=ALL-UNNAMED\n--sun-misc-unsafe-memory-access=allow\n-XX:+ExitOnOutOfMemoryError\n-Djava.net.preferIPv4Stack=true\n'
} >options
scratch=$(mktemp -d)
# Stopped by TERM, as a pod is; the cache is written on the way out. It has no profiles of methods: they tell of a start,
# and code that is compiled by them stays slow under load.
POD_IP=127.0.0.1 POD_NAME=training POD_NAMESPACE=training DATABASE_NAME=training SERVER_NAME=training \
  ADVERTISED_ADDRESS=127.0.0.1:7000 DATA_DIRECTORY="$scratch" MYSQL_PASSWORD=training KUBECONFIG="$scratch/none" \
  timeout -k 120 -s TERM "${TRAINING_SECONDS:-12}" \
  java -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
  -XX:AOTCacheOutput=app.aot @options "$main" >"$scratch/log" 2>&1 || true
if [ ! -s app.aot ]; then
  cat "$scratch/log" >&2
  echo "prepare.sh: the training run of $main left no cache" >&2
  exit 1
fi
rm -rf "$scratch"
chmod -R a+rX .
