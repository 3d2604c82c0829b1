/**
 * Bash lines, ready to paste, that sign and post one event in the native form: the signature is HMAC-SHA256 over
 * `<x-timestamp>.<body>`, in lower-case hex, and the time is in milliseconds.
 * @param secret a shell expression for the webhook secret, so that the secret itself is never printed
 */
export function sampleRequest(url: string, secret: string): string {
  return `WEBHOOK_SECRET=${secret}
TIMESTAMP="$(date +%s)000"
BODY='{"id":"try-'$TIMESTAMP'","source":"test","type":"person.role_change","timestamp":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","person":{"id":"p-1","name":"Ada Example","oldTitle":"Engineer","newTitle":"VP Engineering","department":"Engineering"},"company":{"id":"c-1","name":"Example Ltd"},"changes":{"title":{"old":"Engineer","new":"VP Engineering"}}}'
SIGNATURE="$(printf '%s.%s' "$TIMESTAMP" "$BODY" | openssl dgst -sha256 -hmac "$WEBHOOK_SECRET" -r | cut -d' ' -f1)"
curl -sS ${url} -H 'content-type: application/json' -H "x-timestamp: $TIMESTAMP" -H "x-signature: $SIGNATURE" --data-binary "$BODY"; echo`
}
