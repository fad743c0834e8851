package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	gormmysql "gorm.io/driver/mysql"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"modernc.org/sqlite"
)

// sqliteReaders is how many readers an SQLite file serves at once; it has one
// writer. mysqlConnections bounds the pool of one replica.
const (
	sqliteReaders    = 4
	mysqlConnections = 32
)

// connect opens the database for writing and for reading.
func connect(dsn string) (write, read *gorm.DB, err error) {
	kind, rest, _ := strings.Cut(dsn, ":")
	switch kind {
	case "sqlite":
		return connectSQLite(rest)
	case "mysql":
		write, err = connectMySQL(rest)
		return write, write, err
	}
	return nil, nil, errors.New(`database: want "sqlite:PATH" or "mysql:DSN"`)
}

func settings() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard, // it prints values; errors are returned
		TranslateError:         true,
		SkipDefaultTransaction: true,
		QueryFields:            true, // names the columns, so that an older program survives a newer column
		DisableAutomaticPing:   true,
	}
}

// sqliteDSN is how every connection to an SQLite file is opened: durable before
// it is acknowledged, and a writer takes the lock at once, because a reader that
// becomes a writer halfway would fail instead of waiting.
func sqliteDSN(path string) string {
	return "file:" + path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_txlock=immediate"
}

func connectSQLite(path string) (write, read *gorm.DB, err error) {
	if write, err = openSQLite(sqliteDSN(path), 1); err != nil {
		return nil, nil, err
	}
	read, err = openSQLite("file:"+path+"?mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)", sqliteReaders)
	return write, read, err
}

func openSQLite(dsn string, connections int) (*gorm.DB, error) {
	db, err := gorm.Open(sqliteDialector{&gormsqlite.Dialector{DriverName: "sqlite", DSN: dsn}}, settings())
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return db, nil
}

// sqliteDialector speaks gorm's SQLite over the driver without cgo, whose errors
// gorm does not know.
type sqliteDialector struct{ *gormsqlite.Dialector }

// Translate gives gorm's names to the driver's errors.
// Codes: https://www.sqlite.org/rescode.html#extrc
func (d sqliteDialector) Translate(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() {
		case 1555, 2067: // SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
			return gorm.ErrDuplicatedKey
		}
	}
	return err
}

// mysqlConfig completes a DSN with what every connection needs: UTC, matched
// rather than changed rows, strict mode, and one round trip a statement.
func mysqlConfig(dsn string) (*mysql.Config, error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("database: the MySQL DSN cannot be read") // the driver's words may quote the password
	}
	c.ClientFoundRows = true
	c.InterpolateParams = true
	c.ParseTime = true
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["time_zone"] = "'+00:00'"
	c.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
	return c, nil
}

func connectMySQL(dsn string) (*gorm.DB, error) {
	c, err := mysqlConfig(dsn)
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(gormmysql.New(gormmysql.Config{DSNConfig: c, SkipInitializeWithVersion: true}), settings())
	if err != nil {
		return nil, fmt.Errorf("open MySQL: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(mysqlConnections)
	pool.SetMaxIdleConns(mysqlConnections)
	return db, nil
}

// checkDurable reads back that an acknowledged commit is on disk.
func (s *Store) checkDurable(ctx context.Context) error {
	if s.sqlite() {
		var level int
		if err := s.write.WithContext(ctx).Raw("PRAGMA synchronous").Scan(&level).Error; err != nil {
			return fmt.Errorf("durability: %w", err)
		}
		if level < 2 {
			return errors.New("durability: SQLite does not wait for the disk (synchronous < FULL)")
		}
		return nil
	}
	var flush, binlog, logging int
	err := s.read.WithContext(ctx).Raw("SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@log_bin").
		Row().Scan(&flush, &binlog, &logging)
	if err != nil {
		return fmt.Errorf("durability: %w", err)
	}
	if flush != 1 {
		return errors.New("durability: innodb_flush_log_at_trx_commit is not 1")
	}
	if logging == 1 && binlog != 1 {
		return errors.New("durability: sync_binlog is not 1")
	}
	return nil
}

func (s *Store) sqlite() bool { return s.write.Dialector.Name() == "sqlite" }
