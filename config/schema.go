package config

import (
	"encoding/json"

	"palabre/rules"
)

// Schema is the configuration's shape as JSON Schema (draft 7), for editors that complete and underline YAML.
// `palabre check` says more: the schema knows nothing of rooms that do not exist or rules that cannot work.
func Schema() []byte {
	sections, definitions := rules.Schema()
	properties := described(fileKeys)
	for name, shape := range map[string]any{
		"community": mapOf(communityKeys), "matrix": mapOf(matrixKeys), "discord": mapOf(discordKeys), "limits": mapOf(limitKeys), "archive": mapOf(archiveKeys),
		"rooms":      map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "object"}},
		"groups":     map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
		"activities": map[string]any{"type": "object"},
	} {
		properties[name] = merged(properties[name], shape)
	}
	for name, shape := range sections {
		properties[name] = merged(properties[name], shape)
	}
	out, err := json.MarshalIndent(map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "Palabre", "type": "object",
		"properties": properties, "additionalProperties": false, "definitions": definitions,
	}, "", " ")
	if err != nil {
		panic(err) // it holds nothing but texts, numbers and maps
	}
	return append(out, '\n')
}

func mapOf(keys []key) any {
	return map[string]any{"type": "object", "properties": described(keys), "additionalProperties": false}
}

// described are keys with what the reference says about them.
func described(keys []key) map[string]any {
	out := map[string]any{}
	for _, k := range keys {
		out[k.name] = map[string]any{"description": k.meaning + ". For example: " + k.example}
	}
	return out
}

func merged(a, b any) map[string]any {
	out := map[string]any{}
	for _, m := range []any{a, b} {
		for key, value := range m.(map[string]any) {
			out[key] = value
		}
	}
	return out
}
