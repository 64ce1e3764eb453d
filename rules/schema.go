package rules

// Schema is what the sections of this package look like in a file, each by its name, as JSON Schema (draft 7). The
// sections refer to definitions, which belong under that key of the whole schema.
func Schema() (sections, definitions map[string]any) {
	sections = shape{
		"netiquette": manyOf(fields(keys{"id": aText(), "text": inLanguages()}, "id", "text")),
		"include":    oneOrManyOrNone(aText()),
		"packs":      packsShape(),
		"signals":    shape{"type": "object", "additionalProperties": ref("signal")},
		"rules":      shape{"type": "array", "items": ref("rule")},
		"ladder": fields(keys{
			"decay": like(`^[0-9]+ per [0-9]`),
			"steps": shape{"type": "object", "propertyNames": shape{"pattern": "^[0-9]+$"}, "additionalProperties": ref("consequence")},
		}, "steps"),
	}
	definitions = shape{
		"when": conditionsShape(keys{}), "signal": conditionsShape(keys{"weight": described("how much it counts in the score", shape{"type": "integer"})}),
		"rule": ruleShape(), "consequence": consequenceShape(), "test": testShape(),
	}
	return sections, definitions
}

func oneOrManyOrNone(one shape) shape { return either(one, shape{"type": "array", "items": one}) }

func described(meaning string, s shape) shape {
	out := shape{"description": meaning}
	for key, value := range s {
		out[key] = value
	}
	return out
}

func ruleShape() shape {
	kinds := make([]string, len(kindNames))
	for i, k := range kindNames {
		kinds[i] = string(k.kind)
	}
	return fields(keys{
		"name":    described("the rule's own name", like(ruleName.String())),
		"why":     described("one sentence for people", inLanguages()),
		"article": described("the article of the netiquette that it serves", aText()),
		"on":      described("what is judged", some(kinds...)),
		"in":      described("the rooms or groups of rooms where it holds", oneOrMany(aText())),
		"when":    described("all of these must hold", ref("when")),
		"unless":  described("if these hold, the rule says nothing", ref("when")),
		"do":      described("what follows", oneOrMany(ref("consequence"))),
		"mode":    described("off, shadow (only writes down), ask (asks the moderators), or enforce", wordOf(modeNames...)),
		"spare":   described("staff: moderators are not judged; nobody: they are", wordOf("staff", "nobody")),
		"tests":   described("what the rule is expected to do", manyOf(ref("test"))),
	}, "name", "when", "do")
}

func testShape() shape {
	return fields(keys{
		"as": fields(keys{
			"account_age": length(), "membership_age": length(), "standing": wordOf(standings...), "role": oneOrMany(aText()), "name": aText(),
		}),
		"say": aText(), "in": aText(), "on": aText(), "times": whole(), "every": length(), "expect": oneOrMany(aText()),
	}, "expect")
}

// conditionsShape is a map of conditions, with more keys.
func conditionsShape(more keys) shape {
	all := keys{
		"any": described("one of these must hold", manyOf(ref("when"))), "all": described("all of these must hold", manyOf(ref("when"))),
		"not": described("these must not hold together", ref("when")),
	}
	for _, c := range conditions {
		all[c.name] = described("holds when "+c.doc+". For example: "+c.example, c.shape)
	}
	out := fields(all.and(more))
	out["minProperties"] = 1
	return out
}

// consequenceShape is a name, or a name with its value.
func consequenceShape() shape {
	var bare []string
	all := keys{}
	for _, c := range consequences {
		if c.bare() {
			bare = append(bare, c.name)
		}
		if c.shape != nil {
			all[c.name] = described(c.doc+". For example: "+c.example, c.shape)
		}
	}
	with := fields(all)
	with["minProperties"], with["maxProperties"] = 1, 1
	return either(wordOf(bare...), with)
}

func packsShape() shape {
	all := keys{}
	for _, name := range PackNames() {
		of := keys{
			"mode": wordOf(modeNames...), "in": oneOrMany(aText()), "article": aText(), "without": oneOrMany(aText()),
		}
		for _, p := range PackParameters(name) {
			of[p.Name] = shape{"description": p.About + "; without it " + p.Value}
		}
		all[name] = either(fields(of), shape{"type": "null"})
	}
	return either(manyOf(wordOf(PackNames()...)), fields(all))
}
