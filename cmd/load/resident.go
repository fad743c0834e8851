package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"healthcode/models"

	"github.com/oklog/ulid/v2"
)

// token is the one of somebody, in turn.
func (b *bench) token(i int) string {
	if len(b.tokens) == 0 {
		return ""
	}
	return b.tokens[i%len(b.tokens)]
}

func (b *bench) get(ctx context.Context, url, token string) ([]byte, error) {
	return b.ask(ctx, http.MethodGet, url, token, nil, "")
}

func (b *bench) ask(ctx context.Context, method, url, token string, body any, key string) ([]byte, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, in)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", key)
	response, err := b.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	out, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 400 {
		err = fmt.Errorf("%s: %d %s", url, response.StatusCode, out)
	}
	return out, err
}

// openCode is what a phone asks for when its owner opens the code.
func (b *bench) openCode(ctx context.Context, i int) error {
	if err := b.populate(ctx); err != nil {
		return err
	}
	_, err := b.get(ctx, b.base+"/v1/pass", b.token(i))
	return err
}

func (b *bench) login(ctx context.Context, i int) error {
	_, err := b.ask(ctx, http.MethodPost, b.base+"/v1/login", "", map[string]string{"platform": "wechat", "code": fmt.Sprint("somebody-", i%people)}, "")
	return err
}

func (b *bench) declare(ctx context.Context, i int) error {
	if err := b.populate(ctx); err != nil {
		return err
	}
	answers := map[string]any{"temperature": 36.5, "symptoms": []string{"none"}, "contact": "no", "residence": "settled"}
	_, err := b.ask(ctx, http.MethodPost, b.base+"/v1/declarations", b.token(i),
		map[string]any{"form": "health", "version": 1, "answers": answers}, fmt.Sprintf("load-declaration-%06d", i))
	return err
}

// scanAt is a guard scanning a code there, in the store.
func (b *bench) scanAt(gate models.Gate) func(context.Context, int) error {
	return func(ctx context.Context, i int) error { return b.scan(ctx, gate, i) }
}

func (b *bench) scan(ctx context.Context, gate models.Gate, i int) error {
	me, err := b.store.Holder(ctx, b.token(i))
	if err != nil {
		return err
	}
	if !me.Current {
		return b.openCode(ctx, i)
	}
	p, err := me.Presented.Seed.Show(me.Presented.Grant, time.Now())
	if err != nil {
		return err
	}
	_, err = b.store.Scan(ctx, gate, ulid.Make().String(), p.Text("https://hc.example.cn/p#"))
	return err
}

// rawInsert is the limit of everything that is kept: one row of the same columns
// in a database of the same kind, as durable, and nothing around it.
func (b *bench) rawInsert(ctx context.Context) (cost, error) {
	db, err := b.db.raw()
	if err != nil {
		return cost{}, err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `CREATE TABLE raw_visits (id VARCHAR(26) PRIMARY KEY, at BIGINT, venue_id VARCHAR(26), resident_id VARCHAR(26),
		grade VARCHAR(16), handle BLOB, staff_id VARCHAR(26), person_sealed BLOB, received_at BIGINT)`)
	if err != nil {
		return cost{}, err
	}
	return b.measure(ctx, func(ctx context.Context, i int) error {
		_, err := db.ExecContext(ctx, "INSERT INTO raw_visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", ulid.Make().String(), time.Now().UnixMilli(),
			b.venue.ID, b.home, "scanned", make([]byte, 8), b.home, []byte{}, time.Now().UnixMilli())
		return err
	})
}
