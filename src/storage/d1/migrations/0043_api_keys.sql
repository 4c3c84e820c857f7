-- A personal API key is a session of its own, as what a client was granted is: one record for everything that acts for an account.

-- What its owner calls the key.
ALTER TABLE sessions ADD COLUMN key_name TEXT CHECK (length(key_name) BETWEEN 1 AND 400);
-- SHA-256 of the key, base64url; the key itself is nowhere. NULL: the session is of no key.
ALTER TABLE sessions ADD COLUMN key_hash TEXT CHECK (length(key_hash) = 43);
-- The beginning of the day, in UTC, on which it was last exchanged for a token: no use is noted more precisely.
ALTER TABLE sessions ADD COLUMN key_used_at INTEGER;

CREATE UNIQUE INDEX sessions_by_key ON sessions (key_hash) WHERE key_hash IS NOT NULL;
