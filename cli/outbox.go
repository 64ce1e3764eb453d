package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"palabre/bot"
	"palabre/store"
	"palabre/web"
)

func runOutbox(ctx context.Context, env Env, args []string) error {
	set := flags("outbox")
	path := configFlag(set)
	words, err := parse(set, args, 0, 2)
	if err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	database, err := memoryOf(cfg)
	if err != nil {
		return err
	}
	rows, closing, err := openRows(ctx, database)
	if err != nil {
		return err
	}
	defer closing()
	switch {
	case len(words) == 0 || (len(words) == 1 && words[0] == "list"):
		return listRows(ctx, env, rows)
	case len(words) == 2 && words[0] == "show":
		return showRow(ctx, env, rows, words[1])
	case len(words) == 2:
		row, err := rows.operate(ctx, words[0], words[1])
		if err != nil {
			return err
		}
		fmt.Fprintf(env.Out, "%s %s is now %s\n", row.Key, row.Label, row.State)
		return nil
	default:
		return errInput{errors.New("palabre outbox: list, show KEY, retry KEY or drop KEY")}
	}
}

// rows are the orders that need a human: asked of the running Palabre, or read from the store when it does not run.
type rows interface {
	list(ctx context.Context) ([]web.Row, error)
	operate(ctx context.Context, verb, key string) (web.Row, error)
}

func openRows(ctx context.Context, database string) (rows, func(), error) {
	s, err := store.Open(ctx, database)
	switch {
	case err == nil:
		return stopped{s}, func() { s.Close() }, nil
	case errors.Is(err, store.ErrLocked):
		return dial(database), func() {}, nil
	default:
		return nil, nil, err
	}
}

// stopped works on the store itself.
type stopped struct{ store *store.Store }

func (s stopped) list(ctx context.Context) ([]web.Row, error) {
	orders, err := s.store.Orders(ctx)
	out := make([]web.Row, len(orders))
	for i := range orders {
		out[i] = web.RowOf(orders[i])
	}
	return out, err
}

func (s stopped) operate(ctx context.Context, verb, key string) (web.Row, error) {
	o, err := s.store.Order(ctx, key)
	if err != nil {
		return web.Row{}, err
	}
	u, err := bot.Operation(o, verb, time.Now())
	if err != nil {
		return web.Row{}, err
	}
	o.State = u.State
	return web.RowOf(o), s.store.Commit(ctx, &store.Group{Updates: []store.Update{u}})
}

// running asks the Palabre that holds the database, through its socket.
type running struct{ client http.Client }

func dial(database string) running {
	return running{http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", web.SocketPath(database))
		},
	}}}
}

func (r running) list(ctx context.Context) (out []web.Row, err error) {
	return out, r.ask(ctx, http.MethodGet, "/orders", &out)
}

func (r running) operate(ctx context.Context, verb, key string) (row web.Row, err error) {
	return row, r.ask(ctx, http.MethodPost, "/orders/"+key+"/"+verb, &row)
}

func (r running) ask(ctx context.Context, method, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://palabre"+path, nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(strings.TrimSpace(string(body)))
	}
	return json.Unmarshal(body, into)
}

func listRows(ctx context.Context, env Env, rows rows) error {
	list, err := rows.list(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(env.Out, "nothing waits: every order was carried out")
		return nil
	}
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tSTATE\tWHAT\tON\tCASE\tTRIES\tSINCE\tWHY")
	for _, r := range list {
		fmt.Fprintf(w, "%.8s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", r.Key, r.State, r.Label, r.Platform, r.Case, r.Attempts,
			r.Created.Local().Format(time.DateTime), r.Reason)
	}
	return w.Flush()
}

func showRow(ctx context.Context, env Env, rows rows, key string) error {
	list, err := rows.list(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if strings.HasPrefix(r.Key, key) {
			var action bytes.Buffer
			if err := json.Indent(&action, r.Action, "", "  "); err != nil {
				return err
			}
			fmt.Fprintf(env.Out, "%s\nstate: %s\nwhat: %s on %s, case %d\ntries: %d, next %s\nwhy: %s\n%s\n",
				r.Key, r.State, r.Label, r.Platform, r.Case, r.Attempts, r.Next.Local().Format(time.DateTime), r.Reason, action.String())
			return nil
		}
	}
	return fmt.Errorf("no open order begins with %q", key)
}
