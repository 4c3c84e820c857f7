-- What happened, for an operator and for the account's owner. Holds no secret.
CREATE TABLE audit_events (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  event      TEXT    NOT NULL,
  outcome    TEXT    NOT NULL CHECK (outcome IN ('success', 'refused')),
  reason     TEXT,
  -- Who did it, as far as it was proven; whose account it concerns; the key of the address, where there is no account.
  actor_id   TEXT,
  subject_id TEXT,
  account_key TEXT,
  session_id TEXT,
  mode       TEXT,
  address    TEXT,
  country    TEXT,
  user_agent TEXT,
  request_id TEXT,
  -- SHA-256 over this row and the hash before it, hex; set once, by the sweep.
  chain_hash TEXT
) STRICT;

CREATE UNIQUE INDEX audit_events_by_subject ON audit_events (subject_id, seq) WHERE subject_id IS NOT NULL;
CREATE UNIQUE INDEX audit_events_unsealed ON audit_events (seq) WHERE chain_hash IS NULL;

-- Where the chain begins: the last row that was pruned, and its hash.
CREATE TABLE audit_chain (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  pruned_to  INTEGER NOT NULL,
  chain_hash TEXT    NOT NULL
) STRICT;

INSERT INTO audit_chain (id, pruned_to, chain_hash) VALUES (1, 0, '');

CREATE TRIGGER audit_events_are_not_changed
BEFORE UPDATE ON audit_events
WHEN OLD.chain_hash IS NOT NULL
  OR (NEW.seq, NEW.at, NEW.event, NEW.outcome) IS NOT (OLD.seq, OLD.at, OLD.event, OLD.outcome)
  OR (NEW.reason, NEW.actor_id, NEW.subject_id, NEW.account_key) IS NOT (OLD.reason, OLD.actor_id, OLD.subject_id, OLD.account_key)
  OR (NEW.session_id, NEW.mode, NEW.address, NEW.country) IS NOT (OLD.session_id, OLD.mode, OLD.address, OLD.country)
  OR (NEW.user_agent, NEW.request_id) IS NOT (OLD.user_agent, OLD.request_id)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

CREATE TRIGGER audit_events_are_not_deleted
BEFORE DELETE ON audit_events
WHEN OLD.seq > (SELECT pruned_to FROM audit_chain)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

-- INSERT OR REPLACE would delete a row without the trigger above being asked.
CREATE TRIGGER audit_events_are_not_replaced
BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

-- The end of a session is recorded by whatever statement ends it. `end_context` says who did it: JSON of an actor and a
-- client, or NULL for what the database did by itself.
ALTER TABLE sessions ADD COLUMN end_context TEXT;

CREATE TRIGGER sessions_end_is_recorded
AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
  INSERT INTO audit_events
    (at, event, outcome, reason, actor_id, subject_id, session_id, mode, address, country, user_agent, request_id)
  VALUES
    (NEW.ended_at, 'session-ended', 'success', NEW.end_reason, NEW.end_context ->> 'actorId', NEW.user_id, NEW.id, NEW.mode,
     NEW.end_context ->> 'address', NEW.end_context ->> 'country', NEW.end_context ->> 'userAgent',
     NEW.end_context ->> 'requestId');
END;
