# Waits up to 50 s for /health/ready on port 8080, so that a normal start fails no probe however long it takes.
# Then /health/live decides: what lives and is not ready is started, and the readiness probe tells the rest.
ask() {
  exec 3<>"/dev/tcp/$POD_IP/8080" &&
    printf 'GET /health/%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$POD_IP" >&3 &&
    read -r -t 5 _ status _ <&3 && [ "$status" = 200 ]
}
while [ "$SECONDS" -lt 50 ]; do
  if (ask ready) 2>/dev/null; then exit 0; fi
  sleep 0.25
done
(ask live)
