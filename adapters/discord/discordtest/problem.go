package discordtest

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrRefused: Discord does not do what a person asked for.
var ErrRefused = errors.New("refused")

// problem is an error of the API.
type problem struct {
	status  int
	after   time.Duration // of a limit that no header tells
	Code    int           `json:"code"`
	Message string        `json:"message"`
	Errors  object        `json:"errors,omitempty"`
}

func (p *problem) err() error {
	if p == nil {
		return nil
	}
	return fmt.Errorf("%w: %d %d: %s", ErrRefused, p.status, p.Code, p.Message)
}

func refuse(status, code int, message string) *problem {
	return &problem{status: status, Code: code, Message: message}
}

func unknown(code int, what string) *problem {
	return refuse(http.StatusNotFound, code, "Unknown "+what)
}

// malformed is Discord's 50035, with the place that is wrong.
func malformed(field, why string) *problem {
	p := refuse(http.StatusBadRequest, 50035, "Invalid Form Body")
	p.Errors = object{field: object{"_errors": []object{{"code": "BASE_TYPE_BAD", "message": why}}}}
	return p
}

func missingPermissions() *problem {
	return refuse(http.StatusForbidden, 50013, "Missing Permissions")
}

func missingAccess() *problem { return refuse(http.StatusForbidden, 50001, "Missing Access") }
