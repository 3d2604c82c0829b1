// Posts one person change, signed. Needs Go 1.20 or later and no module.
//
//	WEBHOOK_SECRET=... URL=https://.../api/webhooks/person-change go run send_event.go
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"
)

const maxTries = 5

var client = &http.Client{Timeout: 30 * time.Second}

func sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// post returns the answer's status and how long it asks to wait (0 where it does not).
func post(url, secret string, body []byte) (int, time.Duration, error) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	// Signed anew for every try: a timestamp is good for 5 minutes.
	timestamp := strconv.FormatInt(time.Now().UnixMilli(), 10)
	request.Header.Set("content-type", "application/json")
	request.Header.Set("x-timestamp", timestamp)
	request.Header.Set("x-signature", sign(secret, timestamp, body))
	response, err := client.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, 0, err
	}
	fmt.Println(response.StatusCode, string(answer))
	seconds, _ := strconv.Atoi(response.Header.Get("retry-after"))
	return response.StatusCode, time.Duration(seconds) * time.Second, nil
}

func send(url, secret string, event map[string]any) error {
	// Serialised once: the bytes that are signed are the bytes that are sent, and the same at every try.
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		status, wait, err := post(url, secret, body)
		if status == http.StatusOK || status == http.StatusAccepted {
			return nil
		}
		isWorthAnother := err != nil || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
		if !isWorthAnother || try == maxTries {
			return fmt.Errorf("not taken: status %d, error %v", status, err)
		}
		if wait == 0 {
			wait = time.Second << try
		}
		time.Sleep(wait)
	}
}

func main() {
	secret, url := os.Getenv("WEBHOOK_SECRET"), os.Getenv("URL")
	if secret == "" {
		log.Fatal("Set WEBHOOK_SECRET to the secret that you share with the receiver.")
	}
	if url == "" {
		url = "http://localhost:3000/api/webhooks/person-change"
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		log.Fatal(err)
	}
	err := send(url, secret, map[string]any{
		// The change's own id: sent again, it must come with the same id and the same body.
		"id":        "evt_" + hex.EncodeToString(id),
		"source":    "test",
		"type":      "person.promotion",
		"timestamp": "2026-01-15T09:30:00Z",
		"person":    map[string]any{"id": "p-17", "name": "Pat Doe", "newTitle": "Chief Financial Officer"},
		"company":   map[string]any{"id": "acme", "name": "Acme Inc"},
		"changes": map[string]any{
			"title": map[string]any{"old": "Director of Finance", "new": "Chief Financial Officer"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
}
