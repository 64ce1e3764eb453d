package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// operation is one entry of the description.
type operation struct {
	c        *contract
	template string // the path as the description has it
	method   string
	values   map[string]string
	body     object
}

// operation finds what a request asks for.
func (c *contract) operation(r Request) (operation, bool) {
	paths, _ := c.document["paths"].(object)
	parts := segments(r.Path)
	best, most := operation{}, -1
	for template, methods := range paths {
		methods, _ := methods.(object)
		body, ok := methods[strings.ToLower(r.Method)].(object)
		if !ok {
			continue
		}
		if words := (route{method: r.Method, path: template}).match(r.Method, parts); words > most {
			best, most = operation{c: c, template: template, method: strings.ToLower(r.Method), body: body}, words
		}
	}
	if most < 0 {
		return best, false
	}
	best.values = map[string]string{}
	for i, name := range strings.Split(best.template, "/") {
		if strings.HasPrefix(name, "{") {
			best.values[name[1:len(name)-1]] = parts[i]
		}
	}
	return best, true
}

func (c *contract) request(r Request) (mistakes []string) {
	o, ok := c.operation(r)
	if !ok {
		return []string{"no such route"}
	}
	mistakes = append(o.parameters(r), o.sent(r)...)
	return o.tolerate(mistakes)
}

func (o operation) tolerate(mistakes []string) []string {
	name := strings.ToUpper(o.method) + " " + o.template
	return slices.DeleteFunc(mistakes, func(m string) bool {
		for _, t := range tolerated {
			if t.route == name && strings.Contains(m, t.mistake) {
				return true
			}
		}
		return false
	})
}

// parameters holds the query and the path against their schemas.
func (o operation) parameters(r Request) (mistakes []string) {
	known := map[string]string{} // name to the pointer of its schema
	paths := o.c.document["paths"].(object)
	for at, list := range map[string]any{
		pointerTo("paths", o.template, o.method, "parameters"): o.body["parameters"],
		pointerTo("paths", o.template, "parameters"):           paths[o.template].(object)["parameters"],
	} {
		params, _ := list.([]any)
		for i, p := range params {
			param, _ := p.(object)
			name, _ := param["name"].(string)
			known[fmt.Sprint(param["in"])+" "+name] = at + "/" + strconv.Itoa(i) + "/schema"
		}
	}
	for name, values := range r.Query {
		at, ok := known["query "+name]
		if !ok {
			mistakes = append(mistakes, fmt.Sprintf("unknown parameter %q", name))
			continue
		}
		mistakes = append(mistakes, o.c.text("parameter "+name, at, values)...)
	}
	for name, value := range o.values {
		if at, ok := known["path "+name]; ok {
			mistakes = append(mistakes, o.c.text("path "+name, at, []string{value})...)
		}
	}
	return mistakes
}

// text holds values that were written as text against a schema: as they stand, as a number, a truth or a list.
func (c *contract) text(place, at string, values []string) []string {
	var tries []any
	if len(values) == 1 {
		tries = append(tries, values[0])
		if value, err := jsonschema.UnmarshalJSON(strings.NewReader(values[0])); err == nil {
			tries = append(tries, value)
		}
	}
	many := []any{}
	for _, v := range values {
		many = append(many, v)
	}
	var last []string
	for _, try := range append(tries, many) {
		if last = c.check(place, at, try); len(last) == 0 {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %q does not fit", place, values)}
}

// sent holds the body against the operation's.
func (o operation) sent(r Request) []string {
	wanted, _ := o.body["requestBody"].(object)
	if len(r.Body) == 0 {
		if required, _ := wanted["required"].(bool); required {
			return []string{"the body is missing"}
		}
		return nil
	}
	if wanted == nil {
		return []string{"a body where none is expected"}
	}
	content, _ := wanted["content"].(object)
	if _, ok := content["application/json"]; !ok {
		return []string{"the description takes no JSON here"}
	}
	data, problem := jsonOf(r)
	if problem != "" {
		return []string{problem}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return []string{"body: " + err.Error()}
	}
	return o.c.check("body", pointerTo("paths", o.template, o.method, "requestBody", "content", "application/json", "schema"), value)
}

// jsonOf gives a body's JSON, also of a form with files.
func jsonOf(r Request) (data []byte, problem string) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, "a body without a content type"
	}
	if kind == "application/json" {
		return r.Body, ""
	}
	if kind != "multipart/form-data" {
		return nil, "a body of type " + kind
	}
	form := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return data, ""
		}
		name := part.FormName()
		if name == "payload_json" {
			data, _ = io.ReadAll(part) // a form cut short is no JSON
		} else if !strings.HasPrefix(name, "files[") {
			return nil, fmt.Sprintf("unknown part %q", name)
		}
	}
}

// answer holds what the server answered by itself against the description.
func (c *contract) answer(r Request) []string {
	if r.faulty || r.Status == 0 || r.Kind == "unknown" {
		return nil
	}
	o, ok := c.operation(r)
	if !ok {
		return []string{"no such route"}
	}
	responses, _ := o.body["responses"].(object)
	status := strconv.Itoa(r.Status)
	if _, ok := responses[status]; !ok {
		status = status[:1] + "XX"
	}
	response, ok := responses[status].(object)
	if !ok {
		return []string{"the description has no such status"}
	}
	at := pointerTo("paths", o.template, o.method, "responses", status)
	if ref, ok := response["$ref"].(string); ok {
		at = strings.TrimPrefix(ref, "#")
		all, _ := c.document["components"].(object)["responses"].(object)
		response, _ = all[ref[strings.LastIndex(ref, "/")+1:]].(object)
	}
	content, _ := response["content"].(object)
	if _, ok := content["application/json"]; !ok {
		if len(r.Answer) > 0 {
			return []string{"an answer where none is expected"}
		}
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Answer))
	if err != nil {
		return []string{err.Error()}
	}
	return o.tolerate(c.check("answer", at+pointerTo("content", "application/json", "schema"), value))
}

// pointerTo is a JSON pointer.
func pointerTo(words ...string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(w, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// check holds a value against the schema at a pointer, and says where it does not fit.
func (c *contract) check(place, at string, value any) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	schema := c.compiled[at]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(documentURL + "#" + (&url.URL{Fragment: at}).EscapedFragment()); err != nil {
			return []string{err.Error()}
		}
		c.compiled[at] = schema
	}
	var wrong *jsonschema.ValidationError
	if err := schema.Validate(value); !errors.As(err, &wrong) {
		return nil
	}
	shown, _ := json.Marshal(value) // it came from JSON
	return []string{place + ": " + strings.Join(causes(wrong), "; ") + " in " + string(shown[:min(len(shown), 400)])}
}

// causes are the deepest reasons, shortest places last.
func causes(e *jsonschema.ValidationError) []string {
	found := map[string]int{}
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			text := strings.TrimSpace(e.Error())
			if i := strings.LastIndex(text, "- at "); i >= 0 {
				text = text[i+2:]
			}
			found[text] = len(e.InstanceLocation)
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(e)
	out := slices.Sorted(maps.Keys(found))
	slices.SortStableFunc(out, func(a, b string) int { return found[b] - found[a] })
	return out[:min(len(out), 6)]
}
