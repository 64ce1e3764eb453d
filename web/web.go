// Package web serves what an operator asks of a running Palabre: whether it is well, what it counts, and
// the orders that need a human.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"palabre/store"
)

// Subject is what is asked about: a running bot.
type Subject interface {
	Ready() []string
	WriteMetrics(w io.Writer)
}

// Health serves /healthz (the process lives), /readyz (events are received, decided and carried out; else
// 503 and the reasons) and /metrics (Prometheus' text format). It tells nothing about people.
func Health(s Subject) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if problems := s.Ready(); len(problems) > 0 {
			http.Error(w, strings.Join(problems, "\n"), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		s.WriteMetrics(w)
	})
	return mux
}

// Operator looks after orders: the bot while it runs, the store itself while it does not.
type Operator interface {
	// Orders lists the orders that did not end well, or not yet.
	Orders(ctx context.Context) ([]store.Order, error)
	// Operate does one of "retry", "drop" to the order whose key begins so, and returns it.
	Operate(ctx context.Context, verb, key string) (store.Order, error)
}

// Row is an order as an operator sees it.
type Row struct {
	Key, State, Label, Platform, Reason string
	Case, Attempts                      int
	Created, Next                       time.Time
	Action                              json.RawMessage
}

// RowOf shows an order.
func RowOf(o store.Order) Row {
	action, err := json.Marshal(o.Action)
	if err != nil {
		action = []byte("null")
	}
	return Row{
		Key: o.Key, State: string(o.State), Label: o.Label, Platform: string(o.Platform), Reason: o.Reason,
		Case: o.Case, Attempts: o.Attempts, Created: o.CreatedAt, Next: o.NextAt, Action: action,
	}
}

// Control serves an Operator on the socket beside the database: its file permissions are the password.
func Control(o Operator) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		orders, err := o.Orders(r.Context())
		rows := make([]Row, len(orders))
		for i := range orders {
			rows[i] = RowOf(orders[i])
		}
		answer(w, rows, err)
	})
	mux.HandleFunc("POST /orders/{key}/{verb}", func(w http.ResponseWriter, r *http.Request) {
		order, err := o.Operate(r.Context(), r.PathValue("verb"), r.PathValue("key"))
		answer(w, RowOf(order), err)
	})
	return mux
}

func answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // a caller who hung up needs no answer
}

// SocketPath is where the control socket of a database lies.
func SocketPath(database string) string { return database + ".sock" }

// Listen opens the control socket, readable by its owner alone. One that a killed process left is replaced:
// the database's lock has shown that nobody serves it.
func Listen(database string) (net.Listener, error) {
	path := SocketPath(database)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o600)
}

// Serve answers on a listener until ctx ends.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	var closing sync.WaitGroup
	ended := make(chan struct{})
	closing.Go(func() {
		select {
		case <-ctx.Done():
		case <-ended:
		}
		_ = server.Close()
	})
	err := server.Serve(l)
	close(ended)
	closing.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
