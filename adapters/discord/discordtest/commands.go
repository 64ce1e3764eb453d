package discordtest

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// getCommands and its like serve the commands of one guild, or those of all where the path names none.
func getCommands(s *Server, a *ask) (any, *problem) {
	if problem := s.mine(a); problem != nil {
		return nil, problem
	}
	out := []object{}
	for _, c := range s.commands[a.PathValue("guild")] {
		shown := object{}
		for key, value := range c {
			if (key == "name_localizations" || key == "description_localizations") && a.URL.Query().Get("with_localizations") != "true" {
				value = nil
			}
			shown[key] = value
		}
		out = append(out, shown)
	}
	return out, nil
}

func (s *Server) mine(a *ask) *problem {
	if a.PathValue("app") != s.app {
		return unknown(10002, "Application")
	}
	if id := a.PathValue("guild"); id != "" && (s.guilds[id] == nil || s.guilds[id].members[s.app] == nil) {
		return missingAccess()
	}
	return nil
}

func putCommands(s *Server, a *ask) (any, *problem) {
	if problem := s.mine(a); problem != nil {
		return nil, problem
	}
	var all []object
	if problem := a.read(&all); problem != nil {
		return nil, problem
	}
	seen := map[string]bool{}
	counts := map[int]int{}
	for _, c := range all {
		kind := kindOf(c)
		name, _ := c["name"].(string)
		if problem := wrongCommand(c, kind); problem != nil {
			return nil, problem
		}
		if key := strconv.Itoa(kind) + name; seen[key] {
			return nil, malformed("name", "Application command names must be unique")
		} else {
			seen[key] = true
		}
		counts[kind]++
	}
	if counts[1] > 100 || counts[2] > 15 || counts[3] > 15 {
		return nil, refuse(http.StatusBadRequest, 30032, "Maximum number of application commands reached (100)")
	}
	guild := a.PathValue("guild")
	old := s.commands[guild]
	s.commands[guild] = []object{}
	for _, c := range all {
		s.commands[guild] = append(s.commands[guild], s.registered(c, guild, old))
	}
	return list(s.commands[guild]), nil
}

func postCommand(s *Server, a *ask) (any, *problem) {
	if problem := s.mine(a); problem != nil {
		return nil, problem
	}
	var c object
	if problem := a.read(&c); problem != nil {
		return nil, problem
	}
	if problem := wrongCommand(c, kindOf(c)); problem != nil {
		return nil, problem
	}
	guild := a.PathValue("guild")
	full := s.registered(c, guild, s.commands[guild])
	i := slices.IndexFunc(s.commands[guild], func(o object) bool { return o["id"] == full["id"] })
	if i >= 0 {
		s.commands[guild][i] = full
		return full, nil
	}
	s.commands[guild] = append(s.commands[guild], full)
	return made{http.StatusCreated, full}, nil
}

func dropCommand(s *Server, a *ask) (any, *problem) {
	if problem := s.mine(a); problem != nil {
		return nil, problem
	}
	guild := a.PathValue("guild")
	before := len(s.commands[guild])
	s.commands[guild] = slices.DeleteFunc(s.commands[guild], func(o object) bool { return o["id"] == a.PathValue("command") })
	if len(s.commands[guild]) == before {
		return nil, unknown(10063, "application command")
	}
	return nil, nil
}

func kindOf(c object) int {
	if kind, ok := c["type"].(float64); ok {
		return int(kind)
	}
	return 1
}

// registered is a command as Discord keeps it; one of the same name and kind keeps its id.
func (s *Server) registered(c object, guild string, old []object) object {
	full := object{"description": "", "default_member_permissions": nil, "nsfw": false, "name_localizations": nil, "description_localizations": nil,
		"integration_types": []int{0}, "dm_permission": true, "contexts": nil}
	maps.Copy(full, c)
	full["type"], full["application_id"], full["version"], full["id"] = kindOf(c), s.app, s.ids.at(s.now()), s.ids.at(s.now())
	// The documentation writes permissions as text, the description as a number: Discord takes both.
	if bitset, ok := full["default_member_permissions"].(float64); ok {
		full["default_member_permissions"] = bits(uint64(bitset))
	}
	if guild != "" {
		full["guild_id"] = guild
	}
	for _, o := range old {
		if o["name"] == full["name"] && o["type"] == full["type"] {
			full["id"] = o["id"]
		}
	}
	return full
}

var (
	slashName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	locales   = []string{"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi",
		"sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko", "ar"}
	lower = regexp.MustCompile(`\p{Lu}`)
)

const lettersAtMost = 8000

func wrongCommand(c object, kind int) *problem {
	letters := 0
	if problem := wrongNames(c, kind == 1, kind == 1, &letters); problem != nil {
		return problem
	}
	if permissions, ok := c["default_member_permissions"].(string); ok && number(permissions) == 0 && permissions != "0" {
		return malformed("default_member_permissions", "Invalid permissions")
	}
	options, _ := c["options"].([]any)
	if kind != 1 && len(options) > 0 {
		return malformed("options", "Context menu commands cannot have options")
	}
	if problem := wrongOptions(options, &letters); problem != nil {
		return problem
	}
	if letters > lettersAtMost {
		return malformed("_", "Command exceeds maximum size (8000)")
	}
	return nil
}

func wrongOptions(options []any, letters *int) *problem {
	if len(options) > 25 {
		return malformed("options", "Must be 25 or fewer in length.")
	}
	optional, seen := false, map[string]bool{}
	for _, o := range options {
		option, _ := o.(object)
		if problem := wrongNames(option, true, true, letters); problem != nil {
			return problem
		}
		name, _ := option["name"].(string)
		if seen[name] {
			return malformed("options", "Option name duplicated")
		}
		seen[name] = true
		required, _ := option["required"].(bool)
		if required && optional {
			return malformed("options", "Required options must be placed before non-required options")
		}
		optional = optional || !required
		choices, _ := option["choices"].([]any)
		if auto, _ := option["autocomplete"].(bool); auto && len(choices) > 0 {
			return malformed("options", "autocomplete may not be set to true if choices are present")
		}
		if len(choices) > 25 {
			return malformed("options", "Must be 25 or fewer in length.")
		}
	}
	return nil
}

// wrongNames looks at a name and a description in all languages, and counts the letters of the longest.
func wrongNames(c object, slash, described bool, letters *int) *problem {
	names, problem := inAll(c, "name")
	if problem != nil {
		return problem
	}
	for _, name := range names {
		if n := utf8.RuneCountInString(name); n == 0 || n > 32 {
			return malformed("name", "Must be between 1 and 32 in length.")
		}
		if slash && (!slashName.MatchString(name) || lower.MatchString(name)) {
			return malformed("name", "Command name is invalid")
		}
	}
	*letters += longest(names)
	texts, problem := inAll(c, "description")
	if problem != nil {
		return problem
	}
	for _, text := range texts {
		n := utf8.RuneCountInString(text)
		if described && n == 0 || n > 100 {
			return malformed("description", "Must be between 1 and 100 in length.")
		}
		if !described && n > 0 {
			return malformed("description", "Context menu commands cannot have a description")
		}
	}
	*letters += longest(texts)
	return nil
}

func inAll(c object, key string) ([]string, *problem) {
	text, _ := c[key].(string)
	out := []string{text}
	others, _ := c[key+"_localizations"].(object)
	for locale, value := range others {
		if !slices.Contains(locales, locale) {
			return nil, malformed(key+"_localizations", "Value of field \""+locale+"\" must be one of the locales")
		}
		text, _ := value.(string)
		out = append(out, text)
	}
	return out, nil
}

func longest(texts []string) (n int) {
	for _, text := range texts {
		n = max(n, utf8.RuneCountInString(text))
	}
	return n
}
