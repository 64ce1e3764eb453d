-- What people wrote in the rooms that opted in, for as long as the configuration says. A row stays when its text goes
-- (deleted, or changed since): then its data has no content.
CREATE TABLE archive (
  seq      INTEGER PRIMARY KEY,
  event    TEXT    NOT NULL UNIQUE,
  at       INTEGER NOT NULL,
  logical  TEXT    NOT NULL,
  platform TEXT    NOT NULL,
  message  TEXT    NOT NULL,
  taken_at INTEGER NOT NULL DEFAULT 0, -- since when a rule has it taken away, and the text stays as evidence; 0: it does not
  data     TEXT    NOT NULL            -- the event, as chat.EncodeEvent writes it
);
CREATE INDEX archive_at ON archive (at);
CREATE INDEX archive_message ON archive (message);
