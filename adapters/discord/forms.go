package discord

import (
	"strings"

	"palabre/chat"
)

// asked is the form that a call leads to, nil when it leads to none: from a menu, or without a required value.
func asked(spec *chat.CommandSpec, in wireInteraction, options map[string]string) map[string]any {
	if spec == nil || spec.Form == nil {
		return nil
	}
	var missing []chat.FormField
	wanted := in.Data.Target != ""
	for _, f := range spec.Form.Fields {
		if options[f.ID] == "" {
			missing = append(missing, f)
			wanted = wanted || f.Required
		}
	}
	id := formID(spec.Form.Key, in.onMessage(), options)
	if !wanted || len(missing) == 0 || len(missing) > maxFormFields || len(id) > maxCustomID {
		return nil
	}
	var rows []map[string]any
	for _, f := range missing {
		rows = append(rows, map[string]any{"type": 1, "components": []any{fieldInput(f)}})
	}
	return map[string]any{"custom_id": id, "title": short(first(spec.Form.Title, spec.Name), maxFormTitle), "components": rows}
}

func fieldInput(f chat.FormField) map[string]any {
	style, limit := 1, f.Max
	if f.Long {
		style = 2
	}
	if limit <= 0 || limit > 4000 {
		limit = defaultFieldMax
	}
	return map[string]any{
		"type": 4, "custom_id": f.ID, "style": style, "label": short(first(f.Label, f.ID), maxFormTitle),
		"required": f.Required, "max_length": limit,
	}
}

// formID is what a form's answer brings back: its key, the message it was opened from, the options given before.
func formID(key, message string, options map[string]string) string {
	parts := []string{formPrefix, key, message}
	for _, name := range sortedKeys(options) {
		parts = append(parts, name+"="+options[name])
	}
	for i, p := range parts {
		parts[i] = strings.NewReplacer("%", "%25", "|", "%7C").Replace(p)
	}
	return strings.Join(parts, "|")
}

// readFormID undoes formID.
func readFormID(id string) (key, message string, options map[string]string, ok bool) {
	parts := strings.Split(id, "|")
	if len(parts) < 3 || parts[0] != formPrefix {
		return "", "", nil, false
	}
	for i, p := range parts {
		parts[i] = strings.NewReplacer("%7C", "|", "%25", "%").Replace(p)
	}
	options = map[string]string{}
	for _, p := range parts[3:] {
		name, value, _ := strings.Cut(p, "=")
		options[name] = value
	}
	return parts[1], parts[2], options, true
}

// collect reads a submitted form's fields, in rows or under labels.
func collect(fields map[string]string, components []wireComponent) {
	for _, c := range components {
		if c.CustomID != "" {
			fields[c.CustomID] = strings.ToValidUTF8(c.Value, "\uFFFD")
		}
		collect(fields, c.Components)
		if c.Component != nil {
			collect(fields, []wireComponent{*c.Component})
		}
	}
}
