-- Until when the document of an app counts while its host does not answer; NULL: no longer than it is fresh.
ALTER TABLE oauth_clients ADD COLUMN counts_until INTEGER;

UPDATE oauth_clients SET counts_until = fresh_until + 86400 WHERE fresh_until IS NOT NULL;
