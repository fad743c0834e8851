package models

// Text is a sentence in every language the service speaks, by language tag.
// Rule files and forms carry their own; everything else is in web/texts.
type Text map[string]string

// The languages. A text that lacks one of them does not load.
const (
	Chinese = "zh"
	English = "en"
)

// Languages lists them, the default first.
func Languages() []string { return []string{Chinese, English} }

// In is the text in that language, or in the default one.
func (t Text) In(language string) string {
	if s, ok := t[language]; ok {
		return s
	}
	return t[Chinese]
}

// Missing is the first language that the text lacks, or "".
func (t Text) Missing() string {
	for _, l := range Languages() {
		if t[l] == "" {
			return l
		}
	}
	return ""
}
