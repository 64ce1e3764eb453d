-- What the moderators are asked: one row for each incident of the rules in mode ask. Its state leaves 'open' once.
CREATE TABLE questions (
  id         TEXT PRIMARY KEY, -- the incident
  rule       TEXT    NOT NULL,
  state      TEXT    NOT NULL, -- open | approved | changed | dismissed | expired
  opened_at  INTEGER NOT NULL,
  decided_at INTEGER NOT NULL DEFAULT 0,
  decided_by TEXT    NOT NULL DEFAULT '',
  case_no    INTEGER NOT NULL DEFAULT 0, -- 0: nothing was done
  body       TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX questions_decided ON questions (decided_at);
CREATE INDEX questions_case ON questions (case_no) WHERE case_no > 0;

-- The question that a verdict of a rule in mode ask belongs to; empty for other verdicts.
ALTER TABLE verdicts ADD COLUMN question TEXT NOT NULL DEFAULT '';
CREATE INDEX verdicts_question ON verdicts (question) WHERE question <> '';
