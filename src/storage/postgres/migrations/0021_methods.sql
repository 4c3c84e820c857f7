ALTER TABLE sessions ADD COLUMN methods text COLLATE "C" CHECK (jsonb_typeof(methods::jsonb) = 'array');
