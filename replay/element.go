package replay

import (
	"encoding/json"

	"palabre/adapters/matrix"
	"palabre/chat"
)

// element reads a room as Element exports it: Matrix events, in their order.
type element struct {
	desk   *desk
	file   string
	name   string // of the room
	export *matrix.Export
	ignore []string
}

func (e *element) begin(header map[string][]byte) error {
	if err := json.Unmarshal(header["room_name"], &e.name); err != nil {
		return err
	}
	var o matrix.Options
	if m := e.desk.cfg.Matrix; m != nil {
		o.User, o.Ignore, e.ignore = m.User, m.Ignore, m.Ignore
		o.Standing = matrix.Standing{Trusted: m.Standing.Trusted, Moderator: m.Standing.Moderator, Admin: m.Standing.Admin}
	}
	if o.Standing.Admin == 0 {
		o.Standing = matrix.Standing{Trusted: 10, Moderator: 50, Admin: 100} // the defaults of the configuration
	}
	e.export = matrix.NewExport(o, e.logical)
	return nil
}

// logical names a room when its first event comes.
func (e *element) logical(id string) string {
	p := e.desk.part(partKey{e.file, chat.RoomRef{Platform: chat.Matrix, ID: id}}, "element", e.name)
	p.Logical, p.ByName = e.desk.logical(chat.Matrix, id, e.name)
	return p.Logical
}

func (e *element) read(record []byte) ([]chat.Event, error) {
	events, err := e.export.Event(record)
	for i := range events {
		e.desk.known(&events[i].Actor, e.ignore)
	}
	e.desk.survey.Standings = e.desk.survey.Standings || e.export.KnowsStanding()
	return events, err
}
