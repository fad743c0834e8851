package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"healthcode/models"
)

// operatorFeed is a feed that lies on the disk.
type operatorFeed struct {
	path      string
	signature []byte
	rows      int
	phones    int
	size      int64
}

// operatorFeed has an operator write a feed of so many rows, and all of whom it tells
// agree to it. Each tenth was in two cities.
func (b *bench) operatorFeed(ctx context.Context, path string, rows int) (f operatorFeed, err error) {
	f = operatorFeed{path: path, rows: rows, phones: rows - rows/11}
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return f, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return f, err
	}
	known, err := models.FeedKeyOf(der)
	if err != nil {
		return f, err
	}
	if err := b.store.AddOperator(ctx, by, "load", known, []string{"138"}); err != nil {
		return f, err
	}
	head, err := f.write(path)
	if err != nil {
		return f, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return f, err
	}
	f.size = info.Size()
	f.signature = []byte(known.ID + " " + base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(head+"\n"))))
	return f, b.seedTokens(ctx, f.phones)
}

// token is the i-th of so many in order, spread as random ones are.
func (f operatorFeed) token(i int) (t models.FeedToken) {
	binary.BigEndian.PutUint64(t[:], uint64(i)*(^uint64(0)/uint64(f.phones)))
	binary.BigEndian.PutUint64(t[8:], uint64(i)*0x9e3779b97f4a7c15)
	return t
}

// write writes the lines, and then the head before them.
func (f operatorFeed) write(path string) (head string, err error) {
	yesterday := models.DayOf(time.Now()) - 1
	hash := sha256.New()
	body := func(to io.Writer) error {
		buffer := bufio.NewWriterSize(to, 1<<20)
		more := f.rows - f.phones
		for i := range f.phones {
			token := f.token(i)
			if i%10 == 0 && i/10 < more {
				fmt.Fprintf(buffer, "%s,%s,310000,6,1\n%s,%s,330100,18,1\n", token, yesterday, token, yesterday)
				continue
			}
			fmt.Fprintf(buffer, "%s,%s,330100,24,1\n", token, yesterday)
		}
		return buffer.Flush()
	}
	if err := body(hash); err != nil {
		return "", err
	}
	head = models.FeedHead{Operator: "load", Sequence: 1, Date: yesterday + 1, Rows: int64(f.rows), Digest: [32]byte(hash.Sum(nil))}.String()
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintln(file, head)
	return head, errors.Join(err, body(file), file.Close())
}

// seedTokens puts everybody's token straight into the database, as telling the operator
// would have left it.
func (b *bench) seedTokens(ctx context.Context, phones int) error {
	db, err := b.db.open()
	if err != nil {
		return err
	}
	defer db.Close()
	f := operatorFeed{phones: phones}
	var all sync.WaitGroup
	errs := make([]error, 2)
	for hand := range errs {
		all.Go(func() {
			for from := hand * seedAtOnce; from < phones && errs[hand] == nil; from += len(errs) * seedAtOnce {
				errs[hand] = b.seedSomeTokens(ctx, db, f, from, min(seedAtOnce, phones-from))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (b *bench) seedSomeTokens(ctx context.Context, db *sql.DB, f operatorFeed, from, n int) error {
	tokens := &rows{into: "feed_tokens (token, operator_id, resident_id, phone_sealed, at, mac)"}
	now := time.Now().UnixMilli()
	for i := from; i < from+n; i++ {
		token := f.token(i)
		sealed, err := b.keys.Seal("feed_tokens", "phone_sealed", token.String(), []byte("13800138000"))
		if err != nil {
			return err
		}
		resident := fmt.Sprintf("01LOAD%020d", i)
		mac, err := b.keys.MAC("feed_tokens", fmt.Appendf(nil, "%s load %s %x %d", token, resident, sealed, now))
		if err != nil {
			return err
		}
		tokens.add(token[:], "load", resident, sealed, now, mac)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := tokens.write(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}
