package rules

// shape is what a value may look like, as a piece of a JSON Schema: for editors, which complete and underline while
// somebody writes. Whether a value makes sense is said by Parse alone.
type shape = map[string]any

func aText() shape                 { return shape{"type": "string"} }
func like(pattern string) shape    { return shape{"type": "string", "pattern": pattern} }
func whole() shape                 { return shape{"type": "integer", "minimum": 1} }
func yesNo() shape                 { return shape{"type": "boolean"} }
func always() shape                { return shape{"const": true} }
func either(shapes ...shape) shape { return shape{"anyOf": shapes} }
func manyOf(one shape) shape       { return shape{"type": "array", "items": one, "minItems": 1} }
func oneOrMany(one shape) shape    { return either(one, manyOf(one)) }
func wordOf(words ...string) shape { return shape{"enum": words} }
func some(words ...string) shape   { return oneOrMany(wordOf(words...)) }
func length() shape                { return like(`^[0-9]+ ?[a-z]`) }
func comparison() shape            { return like(`^ *(>=|<=|>|<) *[0-9]`) }
func inLanguages() shape {
	return either(aText(), shape{"type": "object", "additionalProperties": aText()})
}
func fileList(more keys) shape {
	return either(oneOrMany(aText()), fields(more.and(keys{"list": oneOrMany(aText()), "file": oneOrMany(aText())})))
}

// keys are the keys that a map may have.
type keys map[string]shape

func (k keys) and(more keys) keys {
	out := keys{}
	for _, m := range []keys{k, more} {
		for name, s := range m {
			out[name] = s
		}
	}
	return out
}

// fields is a map that has these keys and no others.
func fields(k keys, required ...string) shape {
	out := shape{"type": "object", "properties": k, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// ref points at a shape that has a name.
func ref(name string) shape { return shape{"$ref": "#/definitions/" + name} }
