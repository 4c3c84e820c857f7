-- Sign-in attempts that have not succeeded since, for known and unknown addresses alike.
CREATE TABLE sign_in_attempts (
  -- HMAC-SHA-256 of the canonical address, base64url: an address somebody merely typed is nobody's business.
  account_key   TEXT    PRIMARY KEY CHECK (length(account_key) = 43),
  failures      INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  last_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Forgetting what is long past.
CREATE UNIQUE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at, account_key);
