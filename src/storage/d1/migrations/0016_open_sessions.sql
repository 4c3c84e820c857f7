-- The open sessions of an account, for the limit on their number. No column of it moves while a session is used, so use writes no row more.
CREATE UNIQUE INDEX sessions_open ON sessions (user_id, id) WHERE ended_at IS NULL;
