package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/go-sql-driver/mysql"

	"healthcode/models"
)

// feedSlack is how much longer codes may take to open while a feed is taken in.
const feedSlack = 1.5

// feed measures how fast an operator's feed is taken in: beside a raw LOAD DATA of the
// same file into a bare table, on the same server and in the same run, and, with
// traffic, beside residents who open their codes.
func feed(ctx context.Context, rows int, share float64, traffic bool, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "healthcode-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := newMySQL(ctx, dir)
	if err != nil {
		return err
	}
	if db == nil {
		return errors.New("feed: the limit is a LOAD DATA, for which TEST_MYSQL_DSN has to name a server")
	}
	defer func() { err = errors.Join(err, db.drop()) }()
	if err := db.roomy(ctx); err != nil {
		return err
	}
	b, err := newBench(ctx, db)
	if err != nil {
		return err
	}
	defer b.close()
	b.store.JobShare = share
	f, err := b.operatorFeed(ctx, filepath.Join(dir, "feed"), rows)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	fmt.Fprintf(out, "a feed of %d rows about %d phones, %.0f MB\n", rows, f.phones, float64(f.size)/1e6)
	raw, err := b.rawLoad(ctx, f, out)
	if err != nil {
		return fmt.Errorf("raw load: %w", err)
	}
	return b.takeFeed(ctx, f, raw, traffic, out)
}

// rawLoad is the limit: the same file into a table with nothing around it, in rows a
// second.
func (b *bench) rawLoad(ctx context.Context, f operatorFeed, out io.Writer) (float64, error) {
	db, err := b.db.open()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `CREATE TABLE raw_feed (day DATE NOT NULL, token BINARY(16) NOT NULL, city CHAR(6) NOT NULL, hours INT NOT NULL,
		revision INT NOT NULL, PRIMARY KEY (day, token, revision, city))`)
	if err != nil {
		return 0, err
	}
	file, err := os.Open(f.path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	mysql.RegisterReaderHandler("feed", func() io.Reader { return file })
	defer mysql.DeregisterReaderHandler("feed")
	if _, err := db.ExecContext(ctx, "SET GLOBAL local_infile = 1"); err != nil { // which MySQL begins without
		return 0, err
	}
	before, begin := b.spent(ctx), time.Now()
	done, err := db.ExecContext(ctx, `LOAD DATA LOCAL INFILE 'Reader::feed' INTO TABLE raw_feed FIELDS TERMINATED BY ',' IGNORE 1 LINES
		(@token, day, city, hours, revision) SET token = UNHEX(@token)`)
	if err != nil {
		return 0, err
	}
	took := time.Since(begin)
	if n, err := done.RowsAffected(); err != nil || n != int64(f.rows) {
		return 0, fmt.Errorf("%d rows were loaded: %w", n, err)
	}
	fmt.Fprintf(out, "raw LOAD DATA: %.1f s\n", took.Seconds())
	b.spent(ctx).since(before, out)
	_, err = db.ExecContext(ctx, "DROP TABLE raw_feed")
	return float64(f.rows) / took.Seconds(), err
}

// takeFeed takes the feed in, breaks off in the middle and goes on, and holds what is
// there against what was said.
func (b *bench) takeFeed(ctx context.Context, f operatorFeed, raw float64, traffic bool, out io.Writer) error {
	quiet := 0.0
	if traffic {
		if err := b.populate(ctx); err != nil {
			return err
		}
		time.Sleep(5 * time.Second) // what was written before is on its disk by then
		took, err := b.opening(ctx, 20*time.Second)
		if err != nil {
			return err
		}
		quiet = p99(took)
	}
	over, watched := make(chan struct{}), make(chan error, 1)
	var meanwhile []time.Duration
	if traffic {
		go func() {
			var err error
			meanwhile, err = b.openingUntil(ctx, over)
			watched <- err
		}()
	} else {
		watched <- nil
	}
	before, begin := b.spent(ctx), time.Now()
	err := b.inTwoGoes(ctx, f, out)
	took := time.Since(begin)
	close(over)
	if err := errors.Join(err, <-watched); err != nil {
		return err
	}
	b.spent(ctx).since(before, out)
	say(out, "feed_rows", float64(f.rows)/took.Seconds(), "rows/s", raw)
	if traffic {
		fmt.Fprintf(out, "p99 of opening a code before: %.2f ms\n", quiet)
		say(out, "feed_code_p99", p99(meanwhile), "ms", feedSlack*quiet)
	}
	return nil
}

// inTwoGoes breaks off behind half of the lines.
func (b *bench) inTwoGoes(ctx context.Context, f operatorFeed, out io.Writer) error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	half, kill := context.WithCancel(ctx)
	defer kill()
	_, err = b.store.TakeFeed(half, by, file, f.signature, func(so models.Feed) {
		if so.Counted > so.Rows/2 && half.Err() == nil {
			fmt.Fprintf(out, "broken off behind %d of %d lines\n", so.Counted, so.Rows)
			kill()
		}
	})
	if err == nil || !errors.Is(err, context.Canceled) {
		return fmt.Errorf("it was not broken off: %w", err)
	}
	done, err := b.store.TakeFeed(ctx, by, file, f.signature, func(models.Feed) {})
	if err != nil {
		return err
	}
	db, err := b.db.open()
	if err != nil {
		return err
	}
	defer db.Close()
	var there int64
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM traces").Scan(&there); err != nil {
		return err
	}
	if done.Taken != int64(f.phones) || there != done.Taken || done.Known != 0 || done.Dropped != 0 {
		return fmt.Errorf("%+v, and %d days are there of %d phones", done, there, f.phones)
	}
	return nil
}

// openingUntil is how long it takes to open a code, 200 times a second until something
// is over.
func (b *bench) openingUntil(ctx context.Context, over <-chan struct{}) (took []time.Duration, err error) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-over:
			if len(took) == 0 {
				return nil, errors.New("nobody opened a code meanwhile")
			}
			return took, nil
		case <-tick.C:
			begin := time.Now()
			if err := b.openCode(ctx, i); err != nil {
				return nil, err
			}
			took = append(took, time.Since(begin))
		}
	}
}
