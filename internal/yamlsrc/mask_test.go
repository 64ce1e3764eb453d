package yamlsrc_test

import (
	"testing"

	"palabre/internal/yamlsrc"
)

// Short passwords have no shape of their own: they are known by what stands before them.
func TestWhatIsMasked(t *testing.T) {
	for text, want := range map[string]string{
		"homeserver: https://palabre:tea@example.org": "homeserver: https://************example.org",
		"password: tea, room: lounge":                 "password: ***, room: lounge",
		"token = 'two words'":                         "token = ***********",
		"user syt_cGFsYWJyZQ_x":                       "user ****************",
		"room: '!aB3dE5gH7jK9mN1pQ3sT5:example.org'":  "room: '!aB3dE5gH7jK9mN1pQ3sT5:example.org'",
		"homeserver: https://example.org":             "homeserver: https://example.org",
	} {
		if got := yamlsrc.Masked(text); got != want {
			t.Errorf("%s\nis shown as %s\nwant        %s", text, got, want)
		}
	}
}
