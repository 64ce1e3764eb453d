package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

// commandsCursor holds the hash of the definitions that Discord has.
const commandsCursor = "commands"

// published are the definitions of commands and what proposes values for them.
type published struct {
	specs    []chat.CommandSpec
	complete adapters.Complete
	version  int // counts the calls of Publish
}

// Publish takes the definitions of the commands. See adapters.Publisher.
func (a *Adapter) Publish(specs []chat.CommandSpec, complete adapters.Complete) {
	a.mu.Lock()
	a.book.specs = published{specs: specs, complete: complete, version: a.book.specs.version + 1}
	a.mu.Unlock()
	select {
	case a.announce <- struct{}{}:
	default: // it will look anyway
	}
}

// named finds the definition that an interaction is about: by name for a slash command, by the menu's line for a menu.
func (p published) named(d wireData) *chat.CommandSpec {
	for i := range p.specs {
		s := &p.specs[i]
		menu := d.Type == discordgo.UserApplicationCommand && s.OnMember || d.Type == discordgo.MessageApplicationCommand && s.OnMessage
		if menu && menuName(s) == d.Name || !menu && d.Target == "" && s.Name == d.Name {
			return s
		}
	}
	return nil
}

func menuName(s *chat.CommandSpec) string {
	return short(first(s.Menu["en"], strings.ToUpper(s.Name[:1])+s.Name[1:]), maxCommandName)
}

const (
	maxCommandName = 32
	maxDescription = 100
)

// definitions are the commands as Discord takes them: slash commands and lines of menus.
func (p published) definitions() []map[string]any {
	out := []map[string]any{}
	for i := range p.specs {
		s := &p.specs[i]
		if s.Name == "" {
			continue
		}
		out = append(out, slash(s))
		if s.OnMember {
			out = append(out, menuLine(s, discordgo.UserApplicationCommand))
		}
		if s.OnMessage {
			out = append(out, menuLine(s, discordgo.MessageApplicationCommand))
		}
	}
	return out
}

// slash is one slash command.
func slash(s *chat.CommandSpec) map[string]any {
	options := []map[string]any{}
	for _, required := range []bool{true, false} {
		for _, p := range s.Params {
			if (p.Required && !asks(s, p.Name)) == required {
				options = append(options, option(p, required))
			}
		}
	}
	return map[string]any{
		"type": discordgo.ChatApplicationCommand, "name": s.Name, "name_localizations": locales(s.Names, maxCommandName),
		"description": describe(s.Description, s.Name), "description_localizations": locales(s.Description, maxDescription),
		"options": options, "default_member_permissions": needed(s.Standing), "contexts": []int{0},
	}
}

// asks tells whether the command's form asks for a parameter that was left out.
func asks(s *chat.CommandSpec, param string) bool {
	return s.Form != nil && slices.ContainsFunc(s.Form.Fields, func(f chat.FormField) bool { return f.ID == param })
}

// Kinds of options.
const (
	optionText = 3
	optionUser = 6
)

func option(p chat.ParamSpec, required bool) map[string]any {
	out := map[string]any{
		"type": optionText, "name": p.Name, "name_localizations": locales(p.Names, maxCommandName), "required": required,
		"description": describe(p.Description, p.Name), "description_localizations": locales(p.Description, maxDescription),
	}
	switch {
	case p.Kind == chat.ParamMember:
		out["type"] = optionUser
	case p.Autocomplete:
		out["autocomplete"] = true
	}
	return out
}

func menuLine(s *chat.CommandSpec, kind discordgo.ApplicationCommandType) map[string]any {
	return map[string]any{
		"type": kind, "name": menuName(s), "name_localizations": locales(s.Menu, maxCommandName),
		"default_member_permissions": needed(s.Standing), "contexts": []int{0},
	}
}

// needed are the permissions without which Discord does not offer a command; a guild may change that for itself. They
// are text, as the documentation has them and as every server takes them.
func needed(s chat.Standing) any {
	switch s {
	case chat.StandingAdmin:
		return strconv.Itoa(discordgo.PermissionManageGuild)
	case chat.StandingModerator:
		return strconv.FormatInt(discordgo.PermissionModerateMembers, 10)
	case chat.StandingMember, chat.StandingTrusted:
	}
	return nil
}

// discordLocales are Discord's names of our languages.
var discordLocales = map[string][]string{"en": {"en-US", "en-GB"}, "fr": {"fr"}}

func locales(words map[string]string, limit int) map[string]string {
	out := map[string]string{}
	for language, text := range words {
		for _, locale := range discordLocales[language] {
			if text != "" {
				out[locale] = short(text, limit)
			}
		}
	}
	return out
}

// describe is the English description, which Discord wants to be there.
func describe(words map[string]string, instead string) string {
	return short(first(words["en"], instead), maxDescription)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// register tells Discord of the commands when they are not those that it has, by the hash that the last time left.
// The new hash is committed.
func (r *receiver) register(ctx context.Context) error {
	r.mu.Lock()
	specs, app := r.book.specs, r.book.app
	r.mu.Unlock()
	if specs.version == r.announced || app == "" {
		return nil
	}
	definitions := specs.definitions()
	data, err := json.Marshal(definitions)
	if err != nil {
		return fmt.Errorf("discord: commands: %w", err)
	}
	sum := sha256.Sum256(append(data, app+r.opts.Guild...))
	if hash := hex.EncodeToString(sum[:]); hash != r.commands {
		path := "/applications/" + app + "/guilds/" + r.opts.Guild + "/commands"
		if err := r.rest.do(ctx, call{method: http.MethodPut, path: path, body: definitions, holds: list}); err != nil {
			return fmt.Errorf("discord: commands: %w", err)
		}
		if err := r.emit(adapters.Batch{Cursors: adapters.Cursors{commandsCursor: hash}}); err != nil {
			return err
		}
		r.commands = hash
	}
	r.announced = specs.version
	return nil
}
