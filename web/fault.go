package web

import (
	"fmt"
	"strings"

	"healthcode/models"
	"healthcode/models/published"
)

// sayings are the texts of what can be wrong with a file that officers publish, by
// their English: that is what the models say.
var sayings = readSayings()

func readSayings() map[string]models.Text {
	all := map[string]models.Text{}
	for key, text := range catalogue {
		if !strings.HasPrefix(key, "fault.") {
			continue
		}
		english := text.In(models.English)
		if _, twice := all[english]; twice {
			panic("two faults are “" + english + "”")
		}
		all[english] = text
	}
	return all
}

// Fault is what is wrong with a file, in the reader's language. Words of the file,
// and what a library says of it, stay as they are.
func Fault(language string, says published.Saying) string {
	text, known := sayings[says.Format]
	if !known {
		missing(says.Format)
		return says.String()
	}
	args := make([]any, len(says.Args))
	for i, arg := range says.Args {
		if inner, ok := arg.(published.Saying); ok {
			arg = Fault(language, inner)
		}
		args[i] = arg
	}
	return fmt.Sprintf(text.In(language), args...)
}
