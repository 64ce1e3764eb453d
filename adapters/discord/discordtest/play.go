package discordtest

import (
	"strings"
)

// Invoke calls a slash command by its name, or by its name in the person's language, with options by name.
func (p Person) Invoke(channelID, command string, options map[string]any) (i Interaction, err error) {
	return p.command(channelID, command, options, "", askCommand)
}

// Complete types into one option of a command and asks for suggestions; look for them with Server.Interaction.
func (p Person) Complete(channelID, command string, options map[string]any, focused string) (i Interaction, err error) {
	return p.command(channelID, command, options, focused, askAutocomplete)
}

func (p Person) command(channelID, command string, options map[string]any, focused string, kind int) (i Interaction, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		found, problem := s.usable(u, c, command, 1)
		if problem != nil {
			return problem
		}
		resolved := object{}
		filled, problem := s.filled(c, found, options, focused, resolved)
		if problem != nil {
			return problem
		}
		data := commandData(found)
		data["options"] = filled
		if len(resolved) > 0 {
			data["resolved"] = resolved
		}
		i = s.begin(&Interaction{Type: kind, Name: found["name"].(string), user: u, channel: c, kind: 1}, data).shown()
		return nil
	})
	return i, err
}

// OnMember calls a command of a member's menu.
func (p Person) OnMember(channelID, command, target string) (i Interaction, err error) {
	return p.menu(channelID, command, 2, func(s *Server, c *channel) (object, string, *problem) {
		resolved := object{}
		s.resolveUser(c, target, resolved)
		return resolved, target, nil
	})
}

// OnMessage calls a command of a message's menu.
func (p Person) OnMessage(channelID, command, target string) (i Interaction, err error) {
	return p.menu(channelID, command, 3, func(s *Server, c *channel) (object, string, *problem) {
		m := c.find(target)
		if m == nil {
			return nil, "", unknown(10008, "Message")
		}
		return object{"messages": object{target: m.object(s.app)}}, target, nil
	})
}

func (p Person) menu(channelID, command string, kind int, resolve func(*Server, *channel) (object, string, *problem)) (i Interaction, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		found, problem := s.usable(u, c, command, kind)
		if problem != nil {
			return problem
		}
		resolved, target, problem := resolve(s, c)
		if problem != nil {
			return problem
		}
		data := commandData(found)
		data["resolved"], data["target_id"] = resolved, target
		i = s.begin(&Interaction{Type: askCommand, Name: found["name"].(string), user: u, channel: c, kind: kind}, data).shown()
		return nil
	})
	return i, err
}

func commandData(c object) object {
	data := object{"id": c["id"], "name": c["name"], "type": c["type"]}
	if guildID, ok := c["guild_id"]; ok {
		data["guild_id"] = guildID
	}
	return data
}

// usable finds a command that somebody's client would show.
func (s *Server) usable(u *user, c *channel, name string, kind int) (object, *problem) {
	all := list(s.commands[""])
	if c.guild != nil {
		all = append(list(s.commands[c.guild.id]), all...)
	}
	for _, command := range all {
		local, _ := command["name_localizations"].(object)
		if command["type"] != kind || command["name"] != name && local[u.locale] != name {
			continue
		}
		if c.guild == nil {
			return command, nil
		}
		may := c.guild.permissions(c.guild.members[u.id], c, s.now())
		need, limited := command["default_member_permissions"].(string)
		if may&UseCommands == 0 || limited && may&Administrator == 0 && (number(need) == 0 || may&number(need) != number(need)) {
			return nil, missingPermissions()
		}
		return command, nil
	}
	return nil, unknown(10063, "application command")
}

// The types of options.
const (
	optionUser = 6
)

// filled gives the options of a command as the bot gets them, in the command's order.
func (s *Server) filled(c *channel, command object, given map[string]any, focused string, resolved object) ([]object, *problem) {
	out := []object{}
	options, _ := command["options"].([]any)
	left := len(given)
	for _, o := range options {
		option, _ := o.(object)
		name, _ := option["name"].(string)
		kind, _ := option["type"].(float64)
		value, ok := given[name]
		if !ok {
			if required, _ := option["required"].(bool); required && focused == "" {
				return nil, malformed(name, "This option is required")
			}
			continue
		}
		left--
		one := object{"name": name, "type": int(kind), "value": value}
		if name == focused {
			one["focused"] = true
		}
		if int(kind) == optionUser {
			id, _ := value.(string)
			if !s.resolveUser(c, id, resolved) {
				return nil, malformed(name, "Unknown user")
			}
		}
		out = append(out, one)
	}
	if left > 0 {
		return nil, malformed("options", "Unknown option")
	}
	return out, nil
}

func (s *Server) resolveUser(c *channel, id string, resolved object) bool {
	u := s.users[id]
	if u == nil {
		return false
	}
	users, _ := resolved["users"].(object)
	members, _ := resolved["members"].(object)
	if users == nil {
		users, members = object{}, object{}
		resolved["users"] = users
	}
	users[id] = u.object()
	if c.guild != nil && c.guild.members[id] != nil {
		bare := c.guild.members[id].bare()
		bare["permissions"] = bits(c.guild.permissions(c.guild.members[id], c, s.now()))
		members[id] = bare
		resolved["members"] = members
	}
	return true
}

// Press presses a button by its custom id; values are those chosen in a menu.
func (p Person) Press(channelID, messageID, customID string, values ...string) (i Interaction, err error) {
	err = p.on(channelID, messageID, func(s *Server, u *user, m *message) *problem {
		if m.private != "" && m.private != u.id {
			return unknown(10008, "Message")
		}
		c := component(m.components, customID)
		if c == nil {
			return malformed("custom_id", "Unknown component")
		}
		if off, _ := c["disabled"].(bool); off {
			return malformed("custom_id", "Component is disabled")
		}
		kind, _ := c["type"].(float64)
		data := object{"custom_id": customID, "component_type": int(kind)}
		if kind != 2 {
			data["values"] = list(values)
		}
		i = s.begin(&Interaction{Type: askComponent, Name: customID, user: u, channel: m.channel, source: m}, data).shown()
		return nil
	})
	return i, err
}

func component(rows []object, id string) object {
	for _, c := range rows {
		if c["custom_id"] == id {
			return c
		}
		inner, _ := c["components"].([]any)
		var nested []object
		for _, i := range inner {
			if o, ok := i.(object); ok {
				nested = append(nested, o)
			}
		}
		if found := component(nested, id); found != nil {
			return found
		}
	}
	return nil
}

// Submit sends a form that an interaction was answered with; values by the fields' custom ids.
func (p Person) Submit(interaction string, values map[string]string) (i Interaction, err error) {
	err = p.do(func(s *Server, u *user) *problem {
		from := s.byID(interaction)
		if from == nil || from.Modal == nil || from.user != u {
			return malformed("custom_id", "No form is shown")
		}
		rows := []object{}
		for _, f := range from.Modal.Fields {
			value, told := values[f.CustomID]
			if !told {
				value = f.Value
			}
			if f.Required && strings.TrimSpace(value) == "" || f.Max > 0 && len([]rune(value)) > f.Max {
				return malformed(f.CustomID, "This field is required")
			}
			rows = append(rows, object{"type": 1, "id": len(rows)*2 + 1, "components": []object{{"type": 4, "id": len(rows)*2 + 2, "custom_id": f.CustomID, "value": value}}})
		}
		data := object{"custom_id": from.Modal.CustomID, "components": rows}
		i = s.begin(&Interaction{Type: askModal, Name: from.Modal.CustomID, user: u, channel: from.channel, source: from.source}, data).shown()
		return nil
	})
	return i, err
}

func (s *Server) byID(id string) *Interaction {
	for _, i := range s.asked {
		if i.ID == id {
			return i
		}
	}
	return nil
}
