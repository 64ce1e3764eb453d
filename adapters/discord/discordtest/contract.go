package discordtest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contractFile is where Discord's own description of its API is looked for, from the module's root.
const contractFile = "../shared/discord/openapi.json"

// Validate holds every request so far against Discord's description of its API: a route, a parameter or a field
// that it does not know fails the test, and so does a value of another type. file is the description ("" looks
// for it in ../shared/discord beside the module); where it is not there, the log says so.
func (s *Server) Validate(t testing.TB, file string) {
	t.Helper()
	s.hold(t, file, (*contract).request)
}

// ValidateAnswers holds what this server answered by itself against the same description.
func (s *Server) ValidateAnswers(t testing.TB, file string) {
	t.Helper()
	s.hold(t, file, (*contract).answer)
}

// NeedContract skips a test that has nothing else to say where the description is missing.
func NeedContract(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(beside()); err != nil {
		t.Skip(missing(beside()))
	}
}

func missing(file string) string {
	return "Discord's description of its API is not at " + file + ", so nothing is held against it"
}

func (s *Server) hold(t testing.TB, file string, look func(*contract, Request) []string) {
	t.Helper()
	if file == "" {
		file = beside()
	}
	c, err := load(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log(missing(file))
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Requests() {
		for _, mistake := range look(c, r) {
			t.Errorf("%s %s (%d): %s", r.Method, r.Path, r.Status, mistake)
		}
	}
}

// tolerated is what the description says otherwise than the documentation that it was made from, with the reason
// why the documentation is believed.
var tolerated = []struct{ route, mistake, why string }{
	{"DELETE /guilds/{guild_id}/bans/{user_id}", "the body is missing", "the documentation of \"Remove Guild Ban\" has no body, and no client sends one"},
	{"PUT /applications/{application_id}/guilds/{guild_id}/commands", "/default_member_permissions': got string", "the documentation has text, as permissions have everywhere, and clients send it"},
	{"PUT /applications/{application_id}/commands", "/default_member_permissions': got string", "the documentation has text, as permissions have everywhere, and clients send it"},
	{"POST /applications/{application_id}/guilds/{guild_id}/commands", "/default_member_permissions': got string", "the documentation has text, as permissions have everywhere, and clients send it"},
	{"POST /applications/{application_id}/commands", "/default_member_permissions': got string", "the documentation has text, as permissions have everywhere, and clients send it"},
	{"PUT /channels/{channel_id}/permissions/{overwrite_id}", "/allow': got string", "the documentation of \"Edit Channel Permissions\" has text, as permissions have everywhere"},
	{"PUT /channels/{channel_id}/permissions/{overwrite_id}", "/deny': got string", "the documentation of \"Edit Channel Permissions\" has text, as permissions have everywhere"},
	{"GET /channels/{channel_id}/messages", "/message_reference/type': value must be 0", "forwards are references of type 1"},
	{"POST /channels/{channel_id}/threads", "answer: at '': additional properties 'message' not allowed", "\"Start Thread in Forum\" returns a channel with a nested message"},
}

// beside finds the description from wherever a test runs.
func beside() string {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			return filepath.Join(folder, filepath.FromSlash(contractFile))
		}
		if filepath.Dir(folder) == folder {
			break
		}
		folder = filepath.Dir(folder)
	}
	return filepath.FromSlash(contractFile)
}

// contract is the description, ready to be asked.
type contract struct {
	mu       sync.Mutex
	document object
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

var (
	loading sync.Mutex
	loaded  = map[string]*contract{}
)

func load(file string) (*contract, error) {
	loading.Lock()
	defer loading.Unlock()
	if c := loaded[file]; c != nil {
		return c, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	document, _ := value.(object)
	components, _ := document["components"].(object)
	schemas, _ := components["schemas"].(object)
	strict(document, schemas)
	c := &contract{document: document, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(documentURL, document); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	loaded[file] = c
	return c, nil
}

const documentURL = "https://discord.test/openapi.json"

// strict turns the description into one in which what is not named is wrong: objects take no further fields,
// objects that are put together from several become one, and of alternatives any may fit.
func strict(value any, schemas object) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			strict(v, schemas)
		}
	case object:
		join(value, schemas)
		if one, ok := value["oneOf"]; ok {
			value["anyOf"] = one
			delete(value, "oneOf")
		}
		_, fields := value["properties"].(object)
		if _, told := value["additionalProperties"]; fields && !told && value["type"] != nil {
			value["additionalProperties"] = false
		}
		for _, v := range value {
			strict(v, schemas)
		}
	}
}

// join puts the fields of an object's parts into the object.
func join(o, schemas object) {
	parts, _ := o["allOf"].([]any)
	fields, required := object{}, []any{}
	for _, p := range parts {
		part, _ := p.(object)
		if ref, ok := part["$ref"].(string); ok {
			part, _ = schemas[ref[strings.LastIndex(ref, "/")+1:]].(object)
		}
		inner, ok := part["properties"].(object)
		if !ok {
			return
		}
		maps.Copy(fields, inner)
		more, _ := part["required"].([]any)
		required = append(required, more...)
	}
	if len(parts) == 0 {
		return
	}
	delete(o, "allOf")
	o["type"], o["properties"], o["required"] = "object", fields, required
}
