package store

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"healthcode/models"
)

// The cost of a password: argon2id with 19 MiB, two passes and one thread, the
// first choice of the OWASP Password Storage Cheat Sheet. At most two are worked
// out at once, so that logging in can neither fill the memory nor starve the rest.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
	passwordMin  = 12 // characters
	passwordMax  = 128
)

var argonSlots = make(chan struct{}, 2)

func argon(password string, salt []byte) []byte {
	argonSlots <- struct{}{}
	defer func() { <-argonSlots }()
	return argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
}

// hashPassword refuses a password that is too short, too long or all of one
// character, and hashes it otherwise.
func (s *Store) hashPassword(password string) (string, error) {
	runes := []rune(password)
	if len(runes) < passwordMin || len(runes) > passwordMax || strings.Count(password, string(runes[0])) == len(runes) {
		return "", models.Refuse(models.ReasonPasswordWeak).On("password")
	}
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(s.Random, salt); err != nil {
		return "", err
	}
	return fmt.Sprintf("argon2id$%s$%s", base64.RawStdEncoding.EncodeToString(salt),
		base64.RawStdEncoding.EncodeToString(argon(password, salt))), nil
}

// nobody is the hash that stands in for a member of staff who does not exist, so
// that looking them up takes as long.
var nobody = sync.OnceValue(func() string {
	salt := make([]byte, argonSalt)
	return "argon2id$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(argon("", salt))
})

// checkPassword reports whether the password is the one that was hashed.
func checkPassword(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = nobody()
	}
	if len(password) > 4*passwordMax {
		password = "" // as long as no password can be: not worth working out
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 3 || parts[0] != "argon2id" {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(argon(password, salt), want) == 1 && known
}
