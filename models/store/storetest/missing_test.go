package storetest_test

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// withoutServer runs one of our tests that needs MySQL in a process that finds
// none, and says whether it was skipped or failed.
func withoutServer(t *testing.T, variable string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestLeastPrivilege$", "-test.v")
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"CI", "TEST_REQUIRE_MYSQL", "TEST_MYSQL_DSN", "PATH"}, name)
	}), "PATH=/nonexistent", variable)
	said, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil && strings.Contains(string(said), "--- SKIP: TestLeastPrivilege"):
		return "skip"
	case errors.As(err, &failed) && strings.Contains(string(said), "needs MySQL"):
		return "fail"
	}
	return string(said)
}
