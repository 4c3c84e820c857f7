-- What the session rests on: a JSON array of `{"method", "at"}`, as src/sessions/assurance.ts has it. NULL, in rows that are older: the
-- method that `amr` names, at `authenticated_at`. `amr` is written for versions that do not know this column.
ALTER TABLE sessions ADD COLUMN methods TEXT CHECK (json_type(methods) = 'array');
