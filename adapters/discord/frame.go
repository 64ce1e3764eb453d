package discord

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Opcodes of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatACK   = 11
)

// maxFrame bounds one frame of the gateway, inflated, in bytes.
const maxFrame = 16 << 20

// frame is one message of the gateway.
type frame struct {
	Op   int             `json:"op"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

var errMalformed = errors.New("malformed frame")

// parseFrame reads one message. What is not an object with an opcode is malformed.
func parseFrame(data []byte) (frame, error) {
	var wire struct {
		frame
		Op *int `json:"op"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return frame{}, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if wire.Op == nil || (*wire.Op == opDispatch && (wire.Type == "" || len(wire.Data) == 0)) {
		return frame{}, errMalformed
	}
	wire.frame.Op = *wire.Op
	return wire.frame, nil
}

// inflater undoes zlib-stream: one zlib stream over all messages of a connection, each of which ends with an empty
// stored block. So each message is inflated by itself, with the last 32 KiB before it as its dictionary, and a bomb
// is noticed within its message.
type inflater struct {
	begun  bool
	window []byte
	reader io.ReadCloser
}

const (
	windowSize = 32 << 10
	zlibHeader = 2
)

// flushed is how a message of zlib-stream ends.
var flushed = []byte{0x00, 0x00, 0xff, 0xff}

// inflate gives a message's text. An error is of the stream: nothing after it can be read.
func (z *inflater) inflate(data []byte) ([]byte, error) {
	if !z.begun {
		if len(data) < zlibHeader || data[0]&0x0f != 8 || (int(data[0])<<8|int(data[1]))%31 != 0 {
			return nil, errors.New("not a zlib stream")
		}
		data, z.begun = data[zlibHeader:], true
	}
	if !bytes.HasSuffix(data, flushed) {
		return nil, errors.New("a compressed message without its end")
	}
	source := bytes.NewReader(data)
	if z.reader == nil {
		z.reader = flate.NewReaderDict(source, z.window)
	} else if err := z.reader.(flate.Resetter).Reset(source, z.window); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z.reader, maxFrame+1))
	switch {
	case len(out) > maxFrame:
		return nil, fmt.Errorf("a message of more than %d bytes", maxFrame)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF): // the stream goes on in the next message
		return nil, err
	}
	z.window = append(z.window, out[max(0, len(out)-windowSize):]...)
	z.window = z.window[max(0, len(z.window)-windowSize):]
	return out, nil
}
