-- Requests for mail that a client has named and that were carried out seconds ago: a second click mails nothing. The sweep deletes them.
CREATE TABLE mail_attempts (
  -- HMAC-SHA-256 of the name, the address and what was asked for, base64url.
  attempt_key TEXT    PRIMARY KEY CHECK (length(attempt_key) = 43),
  made_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mail_attempts_by_age ON mail_attempts (made_at, attempt_key);
