CREATE TABLE mail_attempts (
  attempt_key text COLLATE "C" PRIMARY KEY CHECK (length(attempt_key) = 43),
  made_at     bigint NOT NULL
);

CREATE INDEX mail_attempts_by_age ON mail_attempts (made_at, attempt_key);
