//go:build !unix

package store

// owner is whom files belong to; on this system they belong to whoever made them.
type owner struct{}

func ownerOf(string) (owner, error) { return owner{}, nil }

func (owner) takes(string) error { return nil }
