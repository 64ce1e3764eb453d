package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// list, for call.holds: the documented answer is a list.
const list = "[]"

// errForeign: a success that is not the documented answer. Whatever stands between us and Discord can say 200 as well.
var errForeign = errors.New("it is not what Discord answers")

// read takes the documented answer of a call. Anything else is no answer: what was asked for may have been done, or not.
func (c call) read(answer []byte, l *losses) error {
	if len(answer) == 0 { // 204
		if c.out != nil {
			return errForeign
		}
		return nil
	}
	if err := c.check(answer); err != nil || c.out == nil {
		return err
	}
	if c.past {
		return l.read(c.path[strings.LastIndex(c.path, "/")+1:], answer, c.out)
	}
	return json.Unmarshal(answer, c.out)
}

// check looks for what the documented answer holds.
func (c call) check(answer []byte) error {
	null := bytes.Equal(bytes.TrimSpace(answer), []byte("null"))
	switch {
	case null, c.out == nil && c.holds == "":
		return errForeign
	case c.holds == "":
		return nil
	case c.holds == list:
		return json.Unmarshal(answer, new([]json.RawMessage))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		return err
	}
	if value := fields[c.holds]; value == nil || string(value) == "null" {
		return errForeign
	}
	return nil
}
