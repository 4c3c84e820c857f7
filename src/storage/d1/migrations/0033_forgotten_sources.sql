-- The chain of the audit trail covers a digest of the address and the agent of a row, with a salt of that row. Without the salt the digest says
-- nothing of them, so both can be forgotten once the account is deleted, and the chain still verifies (src/audit/audit-chain.ts). Rows that were
-- sealed before have neither: their hash covers address and agent themselves.
ALTER TABLE audit_events ADD COLUMN source_salt TEXT;
ALTER TABLE audit_events ADD COLUMN source_digest TEXT;

DROP TRIGGER audit_events_are_not_changed;

-- A row is sealed once. Afterwards it only loses its address and agent, with their salt, and only where the account is gone.
CREATE TRIGGER audit_events_are_not_changed
BEFORE UPDATE ON audit_events
WHEN (NEW.seq, NEW.at, NEW.event, NEW.outcome) IS NOT (OLD.seq, OLD.at, OLD.event, OLD.outcome)
  OR (NEW.reason, NEW.actor_id, NEW.subject_id, NEW.account_key) IS NOT (OLD.reason, OLD.actor_id, OLD.subject_id, OLD.account_key)
  OR (NEW.session_id, NEW.mode, NEW.country, NEW.request_id) IS NOT (OLD.session_id, OLD.mode, OLD.country, OLD.request_id)
  OR (OLD.chain_hash IS NULL AND (NEW.address, NEW.user_agent) IS NOT (OLD.address, OLD.user_agent))
  OR (OLD.chain_hash IS NOT NULL AND (
    (NEW.chain_hash, NEW.source_digest) IS NOT (OLD.chain_hash, OLD.source_digest)
    OR OLD.source_salt IS NULL OR NEW.source_salt IS NOT NULL OR NEW.address IS NOT NULL OR NEW.user_agent IS NOT NULL
    OR EXISTS (SELECT 1 FROM users WHERE id = OLD.subject_id)))
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

-- Accounts that were deleted and whose addresses and agents are still in the trail. The sweep forgets them.
CREATE TABLE deleted_accounts (
  id         TEXT    PRIMARY KEY,
  deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER users_delete_is_noted
AFTER DELETE ON users
BEGIN
  INSERT INTO deleted_accounts (id, deleted_at) VALUES (OLD.id, unixepoch()) ON CONFLICT (id) DO NOTHING;
END;
