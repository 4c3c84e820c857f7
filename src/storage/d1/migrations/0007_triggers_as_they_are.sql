-- Every trigger as it is now. Migrations 0002, 0005 and 0006 were changed after databases had applied them, so an older database says
-- that it is current and has older triggers. From here on no migration is changed (test/migrations).

-- The first commit had other columns here. Its databases cannot be brought up to date, and stop at this line.
SELECT generation FROM signing_keys LIMIT 0;

DROP TRIGGER IF EXISTS sessions_stay_ended;
DROP TRIGGER IF EXISTS users_change_ends_sessions;
DROP TRIGGER IF EXISTS users_delete_ends_sessions;
DROP TRIGGER IF EXISTS audit_events_are_not_changed;
DROP TRIGGER IF EXISTS audit_events_are_not_deleted;
DROP TRIGGER IF EXISTS audit_events_are_not_replaced;
DROP TRIGGER IF EXISTS sessions_end_is_recorded;
DROP TRIGGER IF EXISTS users_change_ends_one_time_tokens;
DROP TRIGGER IF EXISTS users_delete_ends_one_time_tokens;
DROP TRIGGER IF EXISTS users_delete_forgets_devices;
DROP TRIGGER IF EXISTS users_proof_ends_sessions;

-- An ended session is never revived, whatever statement tries it.
CREATE TRIGGER sessions_stay_ended
BEFORE UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN
  SELECT RAISE(ABORT, 'an ended session stays ended');
END;

-- Whoever changes a person's roles or disables the account, by whatever tool, ends its sessions: a session is proof
-- of what the account was allowed when it began.
CREATE TRIGGER users_change_ends_sessions
AFTER UPDATE OF roles, disabled_at ON users
WHEN NEW.roles IS NOT OLD.roles OR (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL)
BEGIN
  UPDATE sessions
     SET ended_at = unixepoch(),
         end_reason = iif(NEW.disabled_at IS NOT NULL, 'account-disabled', 'roles-changed')
   WHERE user_id = NEW.id AND ended_at IS NULL;
END;

-- Deleting the account does, too, if whoever deletes it forgot.
CREATE TRIGGER users_delete_ends_sessions
AFTER DELETE ON users
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'account-deleted'
   WHERE user_id = OLD.id AND ended_at IS NULL;
END;

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

-- What was mailed for the password or the address that an account had is good for no other, whatever changes them.
CREATE TRIGGER users_change_ends_one_time_tokens
AFTER UPDATE OF password_hash, email_canonical, disabled_at ON users
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.email_canonical <> OLD.email_canonical OR NEW.disabled_at IS NOT NULL
BEGIN
  DELETE FROM one_time_tokens WHERE holder = NEW.id;
END;

CREATE TRIGGER users_delete_ends_one_time_tokens
AFTER DELETE ON users
BEGIN
  DELETE FROM one_time_tokens WHERE holder = OLD.id;
END;

CREATE TRIGGER users_delete_forgets_devices
AFTER DELETE ON users
BEGIN
  DELETE FROM known_devices WHERE user_id = OLD.id;
END;

-- What was set up before an address was proven may be another's: unless its password is kept, by whom else, every session ends.
CREATE TRIGGER users_proof_ends_sessions
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'address-proven'
   WHERE user_id = NEW.id AND ended_at IS NULL;
  DELETE FROM known_devices WHERE user_id = NEW.id;
END;
