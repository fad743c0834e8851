package main

import (
	"fmt"

	"healthcode/config"
	"healthcode/models/store"
)

type migrateCommand struct{}

// Run migrates the database named by HEALTHCODE_DATABASE. It needs no other
// setting, so that it can run with an account that nothing else knows.
func (migrateCommand) Run(at surroundings) error {
	dsn, err := config.Database(at.lookup)
	if err != nil {
		return err
	}
	done, err := store.Migrate(at.ctx, dsn)
	if err != nil {
		return err
	}
	for _, file := range done {
		fmt.Fprintln(at.out, "migrated", file)
	}
	if len(done) == 0 {
		fmt.Fprintln(at.out, "nothing to migrate")
	}
	return nil
}

type grantsCommand struct {
	Database string `arg:"" help:"Name of the database."`
	User     string `arg:"" help:"The account, as GRANT writes it: \"'healthcode'@'%'\"."`
	Sweep    bool   `help:"Print what the sweeping account needs instead."`
}

// Run prints the statements; whoever administers the database runs them.
func (c grantsCommand) Run(at surroundings) error {
	list := store.Grants
	if c.Sweep {
		list = store.SweepGrants
	}
	for _, statement := range list(c.Database, c.User) {
		fmt.Fprintln(at.out, statement+";")
	}
	return nil
}
