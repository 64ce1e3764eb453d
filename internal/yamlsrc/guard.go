package yamlsrc

import (
	"path"
	"runtime"
	"strconv"
	"strings"
)

// ReportIt is how the mistake begins that a panic of the reader becomes.
const ReportIt = "this makes the reader of configurations fail"

// Guard reads a part of the file. A panic in it is a fault of ours, but it becomes a mistake at the value: whoever saves a
// file that we did not foresee must not end a process that moderates. An absent value guards nothing.
func (v Value) Guard(read func()) {
	if v.IsZero() {
		read()
		return
	}
	defer func() {
		if p := recover(); p != nil {
			v.failed()
		}
	}()
	read()
}

// Guard reads the whole file: what no Value.Guard caught becomes a mistake at its beginning.
func (d *Doc) Guard(read func()) {
	defer func() {
		if p := recover(); p != nil {
			d.Errorf(Pos{Line: 1, Col: 1}, failedHint, "%s at %s", ReportIt, failedAt())
		}
	}()
	read()
}

const failedHint = "this is a fault of Palabre: please report it with the lines; written in another way they may be accepted"

func (v Value) failed() { v.Errorf(failedHint, "%s at %s", ReportIt, failedAt()) }

// failedAt is our place in the code that panicked. What the panic says is left out: it may repeat what stands in the file.
func failedAt() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for panicked := false; ; {
		frame, more := frames.Next()
		if panicked && strings.HasPrefix(frame.Function, "palabre/") {
			return path.Join(path.Base(path.Dir(frame.File)), path.Base(frame.File)) + ":" + strconv.Itoa(frame.Line)
		}
		panicked = panicked || strings.HasPrefix(frame.Function, "runtime.gopanic")
		if !more {
			return "an unknown place"
		}
	}
}
