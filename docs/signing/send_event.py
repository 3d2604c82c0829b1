"""Posts one person change, signed. Needs Python 3.9 or later and nothing else.

WEBHOOK_SECRET=... URL=https://.../api/webhooks/person-change python3 send_event.py
"""
import hashlib
import hmac
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

MAX_TRIES = 5


def sign(secret, timestamp, body):
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(url, secret, body):
    """The answer's status and its Retry-After; no status where no answer came."""
    # Signed anew for every try: a timestamp is good for 5 minutes.
    timestamp = str(time.time_ns() // 1_000_000)
    headers = {
        "content-type": "application/json",
        "x-timestamp": timestamp,
        "x-signature": sign(secret, timestamp, body),
    }
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            print(answer.status, answer.read().decode(), flush=True)
            return answer.status, answer.headers.get("retry-after", "")
    except (OSError, http.client.HTTPException) as error:
        print("no answer:", error, file=sys.stderr)
        return None, ""


def send(url, secret, event):
    # Serialised once: the bytes that are signed are the bytes that are sent, and the same at every try.
    body = json.dumps(event).encode()
    for attempt in range(1, MAX_TRIES + 1):
        status, retry_after = post(url, secret, body)
        if status not in (None, 429, 503):
            break
        if attempt < MAX_TRIES:
            time.sleep(int(retry_after) if retry_after.isdigit() else 2**attempt)
    return status in (200, 202)


def main():
    secret = os.environ.get("WEBHOOK_SECRET")
    url = os.environ.get("URL", "http://localhost:3000/api/webhooks/person-change")
    if not secret:
        sys.exit("Set WEBHOOK_SECRET to the secret that you share with the receiver.")
    event = {
        # The change's own id: sent again, it must come with the same id and the same body.
        "id": f"evt_{uuid.uuid4()}",
        "source": "test",
        "type": "person.promotion",
        "timestamp": "2026-01-15T09:30:00Z",
        "person": {"id": "p-17", "name": "Pat Doe", "newTitle": "Chief Financial Officer"},
        "company": {"id": "acme", "name": "Acme Inc"},
        "changes": {"title": {"old": "Director of Finance", "new": "Chief Financial Officer"}},
    }
    sys.exit(0 if send(url, secret, event) else 1)


if __name__ == "__main__":
    main()
