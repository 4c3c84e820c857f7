ALTER TABLE oauth_clients ADD COLUMN counts_until bigint;

UPDATE oauth_clients SET counts_until = fresh_until + 86400 WHERE fresh_until IS NOT NULL;
