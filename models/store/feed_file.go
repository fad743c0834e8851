package store

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"healthcode/models"
)

// feedFile is a feed as it lies on a disk. It is read twice, in bounded memory: once
// to hold it against what was signed, and once to take it in. So that nobody puts
// other lines into the file in between, the first reading keeps the hash of each
// piece, and the second gives out no piece that has another.
type feedFile struct {
	in     io.ReadSeeker
	head   models.FeedHead
	begin  int64 // where the lines after the head begin
	pieces pieceHashes
}

// feedPiece is how long a piece is.
const feedPiece = 1 << 20

// openFeed reads the head.
func openFeed(in io.ReadSeeker) (*feedFile, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	line, err := bufio.NewReaderSize(io.LimitReader(in, models.FeedHeadMost+1), models.FeedHeadMost+1).ReadString('\n')
	if errors.Is(err, io.EOF) {
		return nil, models.Refuse(models.ReasonFeedHead)
	}
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	f := &feedFile{in: in, begin: int64(len(line))}
	f.head, err = models.ParseFeedHead(line[:len(line)-1])
	return f, err
}

// feedFaultsMost is how many faults are told at once.
const feedFaultsMost = 100

// prove reads all of it: what is signed must be there, and every line say something.
// Of a body that is another than what was signed no faults are told: they are not the
// operator's.
func (f *feedFile) prove(isCity func(string) bool) error {
	if _, err := f.in.Seek(f.begin, io.SeekStart); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	whole := sha256.New()
	f.pieces = pieceHashes{now: sha256.New()}
	body := io.TeeReader(f.in, io.MultiWriter(whole, &f.pieces))
	lines := models.NewFeedReader(body, f.head, 0, 0, isCity)
	var faults models.Problems
	for len(faults) < feedFaultsMost {
		_, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var fault *models.Problem
		if errors.As(err, &fault) {
			faults = append(faults, fault)
		} else if err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	f.pieces.end()
	if [sha256.Size]byte(whole.Sum(nil)) != f.head.Digest {
		return models.Refuse(models.ReasonFeedBody)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if _, rows := lines.Reached(); rows != f.head.Rows {
		return models.Refuse(models.ReasonFeedBody).On("rows")
	}
	return nil
}

// pieceHashes are the hashes of the pieces of what is written to it.
type pieceHashes struct {
	sums [][sha256.Size]byte
	now  hash.Hash
	size int // of the piece that is not complete yet
}

// Write never fails.
func (p *pieceHashes) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		part := b[:min(len(b), feedPiece-p.size)]
		_, _ = p.now.Write(part)
		p.size += len(part)
		if b = b[len(part):]; p.size == feedPiece {
			p.end()
		}
	}
	return n, nil
}

func (p *pieceHashes) end() {
	if p.size > 0 {
		p.sums = append(p.sums, [sha256.Size]byte(p.now.Sum(nil)))
		p.now.Reset()
		p.size = 0
	}
}

// from is what was proved, from so many bytes behind the head.
func (f *feedFile) from(reached int64) (io.Reader, error) {
	piece := reached / feedPiece
	if _, err := f.in.Seek(f.begin+piece*feedPiece, io.SeekStart); err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	again := &proved{in: f.in, sums: f.pieces.sums[min(piece, int64(len(f.pieces.sums))):], piece: make([]byte, feedPiece)}
	_, err := io.CopyN(io.Discard, again, reached%feedPiece)
	return again, err
}

// proved gives out what has the hashes that it had before.
type proved struct {
	in    io.Reader
	sums  [][sha256.Size]byte
	piece []byte
	left  []byte // of the piece
}

// errFeedAltered says that a file became another while it was read.
var errFeedAltered = errors.New("the file was altered while it was read")

func (p *proved) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		if len(p.sums) == 0 {
			return 0, io.EOF
		}
		n, err := io.ReadFull(p.in, p.piece)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, errors.Join(errFeedAltered, err)
		}
		if sha256.Sum256(p.piece[:n]) != p.sums[0] {
			return 0, errFeedAltered
		}
		p.left, p.sums = p.piece[:n], p.sums[1:]
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}
