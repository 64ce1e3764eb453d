package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"palabre/adapters"
	"palabre/app"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/store"
)

// patience is how long a platform may take to answer all of a doctor's questions.
const patience = time.Minute

func runDoctor(ctx context.Context, env Env, args []string) error {
	set := flags("doctor")
	path := configFlag(set)
	if _, err := parse(set, args, 0, 0); err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	on, err := enabled(cfg)
	if err != nil {
		return err
	}
	sentences, err := catalogue.Load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := examination{env: env, say: func(p chat.Phrase) string { return sentences.Plain(app.Voice(cfg), p, catalogue.Resolver{}) }}
	r.show(cfg.File, examineStore(ctx, cfg.Store))
	for _, n := range on {
		r.show(string(n.platform), examine(ctx, n, cfg))
	}
	if r.wrong > 0 {
		return fmt.Errorf("%d of %d findings need a hand", r.wrong, r.total)
	}
	return nil
}

// examination prints findings and counts them.
type examination struct {
	env          Env
	say          func(chat.Phrase) string
	total, wrong int
}

func (r *examination) show(about string, findings []adapters.Finding) {
	fmt.Fprintln(r.env.Out, about)
	for _, f := range findings {
		r.total++
		mark := "ok   "
		if !f.OK {
			r.wrong++
			mark = "WRONG"
		}
		fmt.Fprintf(r.env.Out, "  %s  %s\n", mark, r.say(f.What))
		if !f.Mend.IsZero() {
			fmt.Fprintf(r.env.Out, "         → %s\n", r.say(f.Mend))
		}
	}
}

func well(key string, args chat.Args) adapters.Finding {
	return adapters.Finding{OK: true, What: chat.Say(key, args)}
}

func wrong(key string, args chat.Args) adapters.Finding {
	return adapters.Finding{What: chat.Say(key, args), Mend: chat.Say(key+".mend", args)}
}

// examineStore looks at the memory, and at the orders that wait for a human.
func examineStore(ctx context.Context, path string) []adapters.Finding {
	seen, err := store.Look(ctx, path)
	args := chat.Args{"path": chat.Excerpt(path)}
	switch {
	case err != nil:
		args["error"] = chat.Excerpt(err.Error())
		return []adapters.Finding{wrong("doctor.store.bad", args)}
	case !seen.Exists:
		return []adapters.Finding{well("doctor.store.new", args)}
	}
	found := []adapters.Finding{well("doctor.store.ok", args)}
	if seen.InUse {
		found[0] = well("doctor.store.running", args)
	}
	if seen.NeedHuman > 0 {
		found = append(found, wrong("doctor.outbox", chat.Args{"count": seen.NeedHuman}))
	}
	return found
}

// examine asks one network, and compares the clocks.
func examine(ctx context.Context, n network, cfg *config.Config) []adapters.Finding {
	clock := systemClock()
	found := examineClock(ctx, n.address(cfg), clock.Now)
	a, err := n.open(cfg, slog.New(slog.DiscardHandler), clock)
	if err != nil {
		return append(found, wrong("doctor.open", chat.Args{"error": chat.Excerpt(err.Error())}))
	}
	if doctor, ok := a.(adapters.Doctor); ok {
		found = append(found, doctor.Examine(ctx)...)
	}
	return found
}

// farOff is how far our clock may be from the platform's: far below the ten minutes after which news is late.
const farOff = 30 * time.Second

// examineClock compares our clock with the one of whoever answers at the address; nothing when nobody does: that
// is found out by others.
func examineClock(ctx context.Context, address string, now func() time.Time) []adapters.Finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	there, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return nil
	}
	switch off := now().Sub(there); {
	case off > farOff:
		return []adapters.Finding{wrong("doctor.clock.ahead", chat.Args{"duration": off})}
	case off < -farOff:
		return []adapters.Finding{wrong("doctor.clock.behind", chat.Args{"duration": -off})}
	default:
		return []adapters.Finding{well("doctor.clock.ok", nil)}
	}
}
