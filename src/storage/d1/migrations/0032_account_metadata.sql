-- Data that an app keeps on an account, as JSON objects; NULL: nothing. The owner writes the first, the app both. Janus checks more than this.
ALTER TABLE users ADD COLUMN user_metadata TEXT CHECK (length(CAST(user_metadata AS BLOB)) BETWEEN 2 AND 4096);
ALTER TABLE users ADD COLUMN app_metadata TEXT CHECK (length(CAST(app_metadata AS BLOB)) BETWEEN 2 AND 4096);
