-- Apps that no operator registered: those that describe themselves at the URL that is their id, and those that register themselves.

-- Who vouches for what a client says.
ALTER TABLE oauth_clients ADD COLUMN registered_by TEXT NOT NULL DEFAULT 'operator'
  CHECK (registered_by IN ('operator', 'document', 'itself'));
-- Until when a document counts; NULL: there is none.
ALTER TABLE oauth_clients ADD COLUMN fresh_until INTEGER;
-- Until when the client is kept if nobody uses it; NULL: until an operator removes it.
ALTER TABLE oauth_clients ADD COLUMN kept_until INTEGER;

CREATE UNIQUE INDEX oauth_clients_by_use ON oauth_clients (kept_until, id) WHERE kept_until IS NOT NULL;
