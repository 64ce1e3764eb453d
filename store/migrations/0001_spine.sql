-- One row: who this database is. The same id stands in the file beside it, so that an emptied or
-- foreign file is noticed; the key makes the journal's hashes of texts meaningless elsewhere.
CREATE TABLE instance (
  id         TEXT    NOT NULL,
  key        BLOB    NOT NULL,
  created_at INTEGER NOT NULL
);

-- What happened, without what was said: ids, times, counts, keyed hashes. Times are milliseconds since 1970.
CREATE TABLE journal (
  seq   INTEGER PRIMARY KEY,
  event TEXT    NOT NULL UNIQUE,
  at    INTEGER NOT NULL,
  kind  TEXT    NOT NULL,
  fact  TEXT    NOT NULL
);
CREATE INDEX journal_at ON journal (at);

-- What the rules answered, with their reasons.
CREATE TABLE verdicts (
  seq      INTEGER PRIMARY KEY,
  event    TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  rule     TEXT    NOT NULL,
  mode     TEXT    NOT NULL,
  person   TEXT    NOT NULL,
  incident TEXT    NOT NULL,
  joined   INTEGER NOT NULL,
  case_no  INTEGER NOT NULL,
  reasons  TEXT    NOT NULL,
  would    TEXT    NOT NULL
);
CREATE INDEX verdicts_case ON verdicts (case_no);
CREATE INDEX verdicts_at ON verdicts (at);

CREATE TABLE cases (
  no          INTEGER PRIMARY KEY,
  incident    TEXT    NOT NULL,
  platform    TEXT    NOT NULL,
  member      TEXT    NOT NULL,
  person      TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  rule        TEXT    NOT NULL,
  by_member   TEXT    NOT NULL,
  by_name     TEXT    NOT NULL,
  why         TEXT    NOT NULL,
  reasons     TEXT    NOT NULL,
  event       TEXT    NOT NULL,
  logical     TEXT    NOT NULL,
  opened_at   INTEGER NOT NULL,
  undone_at   INTEGER NOT NULL DEFAULT 0,
  undone_by   TEXT    NOT NULL DEFAULT '',
  undo_reason TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX cases_person ON cases (person);
CREATE INDEX cases_incident ON cases (incident);

CREATE TABLE strikes (
  seq     INTEGER PRIMARY KEY,
  person  TEXT    NOT NULL,
  points  INTEGER NOT NULL,
  rule    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  case_no INTEGER NOT NULL,
  undone  INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX strikes_person ON strikes (person);

-- Every silence and ban that stands or stood. Several may stand for one member: the longest is in force.
CREATE TABLE sanctions (
  id         INTEGER PRIMARY KEY,
  platform   TEXT    NOT NULL,
  member     TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  until      INTEGER NOT NULL, -- 0: for ever
  case_no    INTEGER NOT NULL, -- 0: imposed by somebody else in their own client
  imposed_at INTEGER NOT NULL,
  ended_at   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sanctions_standing ON sanctions (ended_at) WHERE ended_at = 0;

CREATE TABLE memory (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE wakes (
  key TEXT PRIMARY KEY,
  at  INTEGER NOT NULL
) WITHOUT ROWID;

-- The outbox. A row's state only moves forward: pending -> (sending ->) done | blocked | dead | uncertain | cancelled.
CREATE TABLE orders (
  seq        INTEGER PRIMARY KEY,
  key        TEXT    NOT NULL UNIQUE,
  event      TEXT    NOT NULL,
  case_no    INTEGER NOT NULL,
  label      TEXT    NOT NULL,
  platform   TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  priority   INTEGER NOT NULL,
  action     TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER NOT NULL,
  deadline   INTEGER NOT NULL, -- 0: never given up
  created_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL DEFAULT 0,
  receipt    TEXT    NOT NULL DEFAULT '{}',
  reason     TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX orders_open ON orders (state) WHERE state IN ('pending', 'sending', 'held');
CREATE INDEX orders_case ON orders (case_no);

CREATE TABLE cursors (
  platform TEXT NOT NULL,
  name     TEXT NOT NULL,
  token    TEXT NOT NULL,
  PRIMARY KEY (platform, name)
) WITHOUT ROWID;

CREATE TABLE members (
  person        TEXT PRIMARY KEY,
  name          TEXT    NOT NULL,
  joined        INTEGER NOT NULL, -- 0: was there before we came
  first_message TEXT    NOT NULL  -- its id; empty: none seen
) WITHOUT ROWID;

CREATE TABLE quarantine (
  event   TEXT PRIMARY KEY,
  at      INTEGER NOT NULL,
  why     TEXT    NOT NULL,
  payload TEXT    NOT NULL
) WITHOUT ROWID;
