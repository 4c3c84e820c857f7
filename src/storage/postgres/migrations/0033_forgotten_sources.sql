ALTER TABLE audit_events ADD COLUMN source_salt text COLLATE "C";
ALTER TABLE audit_events ADD COLUMN source_digest text COLLATE "C";

DROP TRIGGER audit_events_are_not_changed ON audit_events;

CREATE FUNCTION audit_events_are_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.seq, NEW.at, NEW.event, NEW.outcome, NEW.reason, NEW.actor_id, NEW.subject_id, NEW.account_key,
      NEW.session_id, NEW.mode, NEW.country, NEW.request_id)
     IS DISTINCT FROM
     (OLD.seq, OLD.at, OLD.event, OLD.outcome, OLD.reason, OLD.actor_id, OLD.subject_id, OLD.account_key,
      OLD.session_id, OLD.mode, OLD.country, OLD.request_id)
    OR (OLD.chain_hash IS NULL AND (NEW.address, NEW.user_agent) IS DISTINCT FROM (OLD.address, OLD.user_agent))
    OR (OLD.chain_hash IS NOT NULL AND (
      (NEW.chain_hash, NEW.source_digest) IS DISTINCT FROM (OLD.chain_hash, OLD.source_digest)
      OR OLD.source_salt IS NULL OR NEW.source_salt IS NOT NULL OR NEW.address IS NOT NULL OR NEW.user_agent IS NOT NULL
      OR EXISTS (SELECT 1 FROM users WHERE id = OLD.subject_id))) THEN
    RAISE EXCEPTION 'the audit trail is append-only';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events FOR EACH ROW
  EXECUTE FUNCTION audit_events_are_not_changed();

CREATE TABLE deleted_accounts (
  id         text COLLATE "C" PRIMARY KEY,
  deleted_at bigint NOT NULL
);

CREATE FUNCTION users_delete_is_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_accounts (id, deleted_at) VALUES (OLD.id, unixepoch()) ON CONFLICT (id) DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_is_noted AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_is_noted();
