#!/usr/bin/env bash
# Posts one person change, signed. Needs curl 7.71 or later and openssl.
#   WEBHOOK_SECRET=... URL=https://.../api/webhooks/person-change bash send-event.sh
set -euo pipefail

: "${WEBHOOK_SECRET:?Set WEBHOOK_SECRET to the secret that you share with the receiver.}"
url=${URL:-http://localhost:3000/api/webhooks/person-change}

# The id is the change's own: sent again, it must come with the same id and the same body.
id=evt_$(openssl rand -hex 16)
body='{"id":"'$id'","source":"test","type":"person.promotion","timestamp":"2026-01-15T09:30:00Z","person":{"id":"p-17","name":"Pat Doe","newTitle":"Chief Financial Officer"},"company":{"id":"acme","name":"Acme Inc"},"changes":{"title":{"old":"Director of Finance","new":"Chief Financial Officer"}}}'

# Milliseconds since the epoch: the clock's seconds and three zeros, since not every `date` knows milliseconds.
timestamp=$(date +%s)000
# openssl shows the secret in the list of processes for a moment: on a machine that others use, take another language.
signature=$(printf '%s.%s' "$timestamp" "$body" | openssl dgst -sha256 -hmac "$WEBHOOK_SECRET" | sed 's/^.*= *//')

# curl tries 429, 503 and a lost connection again, after the Retry-After it was told. The signature holds 5 minutes, so
# that it need not be made anew within 4. --data-binary sends the bytes as they are; --data would drop line ends.
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=$(printf '%s' "$body" | curl --silent --show-error --max-time 30 --output "$answer" --write-out '%{http_code}' \
  --retry 5 --retry-all-errors --retry-max-time 240 \
  --header 'content-type: application/json' \
  --header "x-timestamp: $timestamp" --header "x-signature: $signature" \
  --data-binary @- "$url")
echo "$status $(cat "$answer")"
[ "$status" = 200 ] || [ "$status" = 202 ]
