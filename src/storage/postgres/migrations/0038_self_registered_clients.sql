ALTER TABLE oauth_clients ADD COLUMN registered_by text COLLATE "C" NOT NULL DEFAULT 'operator'
  CHECK (registered_by IN ('operator', 'document', 'itself'));
ALTER TABLE oauth_clients ADD COLUMN fresh_until bigint;
ALTER TABLE oauth_clients ADD COLUMN kept_until bigint;

CREATE INDEX oauth_clients_by_use ON oauth_clients (kept_until, id) WHERE kept_until IS NOT NULL;
