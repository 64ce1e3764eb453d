package yamlsrc

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Secrets get into a file in places that nobody foresees: behind a key with a typo, alone on a line, in a file that was
// included by mistake. So nothing that has the shape of one leaves a file, wherever it stands.
var (
	// secretLine is the key of a secret with a value, in YAML or in a line of a shell.
	secretLine = regexp.MustCompile(`(?i)((?:token|passw(?:or)?d|secret|api_?key)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s{,}][^,}]*)`)
	// addressLogin is the name and password of an address.
	addressLogin = regexp.MustCompile(`(://)([^\s/@]+@)`)
	// matrixToken is how the tokens of the common homeservers begin.
	matrixToken = regexp.MustCompile(`\b(?:syt|mat|mct|mcr|mas)_[\w.~+/=-]{4,}`)
	// discordToken is an id in base 64, a moment and a signature.
	discordToken = regexp.MustCompile(`[\w-]{18,}\.[\w-]{6,}\.[\w-]{20,}`)
	// aRun is what might be random letters. Rooms and events of Matrix, which are named so, begin with a sign of their own.
	aRun = regexp.MustCompile(`[!$]?[\w+=~-]{20,}`)
	hex  = regexp.MustCompile(`^[0-9a-f]{32,}$`)
)

// LooksSecret tells whether a whole text has the shape of an access token.
func LooksSecret(text string) bool {
	return text != "" && strings.Trim(maskTokens(text), "*") == ""
}

// Masked is a text with stars over all that has the shape of a secret: tokens, logins in addresses, and the values of keys
// that are called like one. Everything else stays in its column.
func Masked(text string) string {
	for _, pattern := range []*regexp.Regexp{secretLine, addressLogin} {
		text = pattern.ReplaceAllStringFunc(text, func(found string) string {
			m := pattern.FindStringSubmatch(found)
			return m[1] + stars(m[2])
		})
	}
	return maskTokens(text)
}

func maskTokens(text string) string {
	text = matrixToken.ReplaceAllStringFunc(text, stars)
	text = discordToken.ReplaceAllStringFunc(text, stars)
	return aRun.ReplaceAllStringFunc(text, func(run string) string {
		if random(run) {
			return stars(run)
		}
		return run
	})
}

// random tells whether letters of both cases and digits stand in one run, as chance writes them, or many hexadecimal digits.
func random(run string) bool {
	if run[0] == '!' || run[0] == '$' {
		return false
	}
	return hex.MatchString(run) || strings.IndexFunc(run, unicode.IsUpper) >= 0 && strings.IndexFunc(run, unicode.IsLower) >= 0 &&
		strings.ContainsAny(run, "0123456789")
}

func stars(s string) string { return strings.Repeat("*", utf8.RuneCountInString(s)) }
