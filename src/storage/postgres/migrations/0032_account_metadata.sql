ALTER TABLE users ADD COLUMN user_metadata text COLLATE "C" CHECK (octet_length(user_metadata) BETWEEN 2 AND 4096);
ALTER TABLE users ADD COLUMN app_metadata text COLLATE "C" CHECK (octet_length(app_metadata) BETWEEN 2 AND 4096);
