-- When the database was last put back to an earlier state (janus restored): nothing issued until then is accepted. 0: never.
CREATE TABLE restores (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  restored_at INTEGER NOT NULL
) STRICT;

INSERT INTO restores (id, restored_at) VALUES (1, 0);
