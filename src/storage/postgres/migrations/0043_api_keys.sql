ALTER TABLE sessions ADD COLUMN key_name text COLLATE "C" CHECK (length(key_name) BETWEEN 1 AND 400);
ALTER TABLE sessions ADD COLUMN key_hash text COLLATE "C" CHECK (length(key_hash) = 43);
ALTER TABLE sessions ADD COLUMN key_used_at bigint;

CREATE UNIQUE INDEX sessions_by_key ON sessions (key_hash) WHERE key_hash IS NOT NULL;
