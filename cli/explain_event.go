package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/config"
	"palabre/replay"
	"palabre/store"
)

// explainEvent shows what the rules of now think of something that was said, with the past that they had then, and what
// was found and done when it was said.
func explainEvent(ctx context.Context, env Env, path, id string) error {
	cfg, err := loadAloud(env, path)
	if err != nil {
		return err
	}
	memory, err := openArchive(ctx, cfg)
	if err != nil {
		return err
	}
	defer memory.Close()
	if id, err = eventOfCase(ctx, memory, id); err != nil {
		return err
	}
	told, err := explainArchived(ctx, env, cfg, memory, &id)
	if err != nil {
		return err
	}
	found, err := showEvidence(ctx, env, memory, id)
	if err == nil && !told && !found {
		return errInput{fmt.Errorf("palabre explain: nothing is kept of %q\nhint: texts are kept where `archive` says so; a case, such as -event '#12', keeps what its rules found", id)}
	}
	return err
}

// eventOfCase is the event that opened a case, when one is asked for as #12.
func eventOfCase(ctx context.Context, memory *store.Store, id string) (string, error) {
	digits, isCase := strings.CutPrefix(id, "#")
	if !isCase {
		return id, nil
	}
	number, err := strconv.Atoi(digits)
	if err != nil {
		return "", errInput{fmt.Errorf("palabre explain: %q is no case", id)}
	}
	c, err := memory.Case(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return "", errInput{fmt.Errorf("palabre explain: there is no case %s", id)}
	}
	return c.Event, err
}

// explainArchived explains a text that is kept; false when it is not. A message's id becomes its event's.
func explainArchived(ctx context.Context, env Env, cfg *config.Config, memory *store.Store, id *string) (bool, error) {
	data, err := memory.ArchivedEvent(ctx, *id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ev, err := chat.DecodeEvent(data)
	if err != nil {
		return false, err
	}
	*id = ev.ID
	fmt.Fprintf(env.Out, "%s #%s %s: %s\n", ev.At.In(cfg.Community.Zone).Format("2006-01-02 15:04:05"), ev.Logical, replay.Harmless(ev.Actor.Name), quote(&ev))
	if textOf(&ev) == "" {
		return true, nil
	}
	past, err := replay.Before(ctx, memory, cfg.Rules, &ev)
	if err != nil {
		return false, err
	}
	measure(env, cfg.Rules, past, &ev)
	return true, nil
}

func quote(ev *chat.Event) string {
	if text := textOf(ev); text != "" {
		return "“" + replay.Harmless(text) + "”"
	}
	return "the text is no longer kept"
}

// showEvidence prints what the rules answered when an event happened; false when they said nothing.
func showEvidence(ctx context.Context, env Env, memory *store.Store, id string) (bool, error) {
	verdicts, err := memory.VerdictsOn(ctx, id)
	for _, v := range verdicts {
		fmt.Fprintf(env.Out, "then: %s (%s)%s\n", v.Rule, v.Mode, inCase(v.Case))
		for _, reason := range v.Reasons {
			fmt.Fprintf(env.Out, "  %s: %s%s\n", reason.Code, replay.Harmless(reason.Text), after(" in ", replay.Harmless(reason.Excerpt)))
		}
	}
	return len(verdicts) > 0, err
}

func inCase(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf(", case #%d", number)
}
