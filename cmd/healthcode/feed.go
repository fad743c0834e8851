package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"healthcode/models"
)

// feedCommand is for what telecom operators tell of those who agreed to it.
type feedCommand struct {
	Operator feedOperatorCommand `cmd:"" help:"Say whose feeds are taken."`
	Tokens   feedTokens          `cmd:"" help:"Write the list by which an operator knows those of its subscribers who agreed. It is personal data."`
	Take     feedTake            `cmd:"" help:"Take feeds in. What was taken is not taken again, and what was broken off goes on."`
}

type feedOperatorCommand struct {
	Add feedOperatorAdd `cmd:"" help:"Have feeds be taken that a key has signed, and print the key's id."`
	End feedOperatorEnd `cmd:"" help:"Have nothing be taken any more that a key has signed. There is no way back."`
}

type feedOperatorAdd struct {
	ID      string   `arg:"" help:"What the operator is called in its feeds, such as cmcc."`
	KeyFile string   `arg:"" help:"The operator's public key: Ed25519 or P-256, in PEM."`
	Numbers []string `help:"What the numbers begin with that are the operator's own, such as 134,135. Needed with its first key."`
}

var operatorFeed = models.Operator("feed")

// Run adds the key.
func (c feedOperatorAdd) Run(at surroundings) error {
	file, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return errors.New("the key cannot be read")
	}
	key, err := models.ParseFeedKey(file)
	if err != nil {
		return err
	}
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.store.AddOperator(at.ctx, operatorFeed, c.ID, key, c.Numbers); err != nil {
		return err
	}
	fmt.Fprintf(at.out, "operator %s key %s\n", c.ID, key.ID)
	return nil
}

type feedOperatorEnd struct {
	ID  string `arg:"" help:"The operator."`
	Key string `arg:"" help:"The key's id, as add has printed it."`
}

// Run ends the key.
func (c feedOperatorEnd) Run(at surroundings) error {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	return s.store.EndOperatorKey(at.ctx, operatorFeed, c.ID, c.Key)
}

type feedTokens struct {
	ID   string `arg:"" help:"The operator."`
	File string `arg:"" help:"Where the list goes. Nothing is ever overwritten."`
	All  bool   `help:"List all who agree, and not those alone who are new: for when a list was lost."`
}

// Run writes the list: token, number and what is new of it. Nobody but its owner can
// read the file.
func (c feedTokens) Run(at surroundings) (err error) {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.New("the list cannot be written: " + c.File + " is there already, or its folder is not")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	told, ended, to := 0, 0, bufio.NewWriter(f)
	err = s.store.FeedPhones(at.ctx, operatorFeed, c.ID, c.All, func(list []models.FeedPhone) error {
		for _, p := range list {
			what := "told"
			if p.Ended {
				what, ended = "ended", ended+1
			} else {
				told++
			}
			fmt.Fprintf(to, "%s,%s,%s\n", p.Token, p.Phone.Reveal(), what)
		}
		return to.Flush()
	})
	if err != nil {
		return fmt.Errorf("the list is not whole, write it again with --all: %w", err)
	}
	fmt.Fprintf(at.out, "%d numbers told, %d tokens ended\n", told, ended)
	return f.Sync()
}

type feedTake struct {
	Paths []string `arg:"" help:"Feeds, or folders with feeds. Beside each lies its signature, called the same and .sig."`
	Share float64  `default:"1" help:"Of the time that may be used, between 0 and 1: where residents notice, less than 1."`
}

// signatureOf is where the signature of a feed lies.
const signatureOf = ".sig"

// Run takes each feed in. One that is refused keeps no other out.
func (c feedTake) Run(at surroundings) error {
	if c.Share <= 0 || c.Share > 1 {
		return errors.New("--share is above 0, and at most 1")
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	s.store.JobShare = c.Share
	refused := 0
	for _, path := range files {
		if at.ctx.Err() != nil {
			return at.ctx.Err()
		}
		if err := c.take(at, s, path); err != nil {
			refused++
			sayFaults(at, path, err)
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d feeds were not taken to their end", refused, len(files))
	}
	return nil
}

// files are the feeds, those of a folder in the order of their names.
func (c feedTake) files() (files []string, err error) {
	for _, path := range c.Paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, errors.New(path + " cannot be read")
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		signatures, err := filepath.Glob(filepath.Join(path, "*"+signatureOf))
		if err != nil {
			return nil, err
		}
		for _, signature := range signatures {
			files = append(files, strings.TrimSuffix(signature, signatureOf))
		}
	}
	return files, nil
}

// feedTold is how often somebody is told how far a feed is.
const feedTold = 10 * time.Second

func (c feedTake) take(at surroundings, s *opened, path string) error {
	signature, err := os.ReadFile(path + signatureOf)
	if err != nil {
		return errors.New("its signature cannot be read")
	}
	f, err := os.Open(path)
	if err != nil {
		return errors.New("it cannot be read")
	}
	defer f.Close()
	told := time.Now()
	done, err := s.store.TakeFeed(at.ctx, operatorFeed, f, signature, func(so models.Feed) {
		if time.Since(told) >= feedTold {
			told = time.Now()
			fmt.Fprintf(at.out, "%s: %d of %d lines\n", path, so.Counted, so.Rows)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "%s: %d lines, %d days taken, %d known, %d of nobody who agrees\n", path, done.Counted, done.Taken, done.Known, done.Dropped)
	return nil
}

// sayFaults says what is wrong with a feed: the line and the field, never what stands
// in it.
func sayFaults(at surroundings, path string, err error) {
	var many models.Problems
	if !errors.As(err, &many) {
		fmt.Fprintf(at.errs, "%s: %s\n", path, err)
		return
	}
	for _, p := range many {
		fmt.Fprintf(at.errs, "%s: %s: %s\n", path, p.Field, p.Reason)
	}
}
