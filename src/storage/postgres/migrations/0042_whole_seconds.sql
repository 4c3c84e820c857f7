-- An instant is the second that has begun, as in SQLite: rounded to the next, it would lie up to half a second ahead.
CREATE OR REPLACE FUNCTION unixepoch() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT floor(extract(epoch FROM now()))::bigint $$;
