-- Where the person goes once the link is used: a path of Janus, or a URL of an origin that was listed when it was asked for.
ALTER TABLE one_time_tokens ADD COLUMN return_to TEXT;

-- HMAC-SHA-256 of the code in the mail of a sign-in link, base64url, under a key derived from AUTH_SECRET; NULL: there is none.
ALTER TABLE one_time_tokens ADD COLUMN code_mac TEXT CHECK (length(code_mac) = 43);
-- How often a code was tried, right or wrong.
ALTER TABLE one_time_tokens ADD COLUMN code_tries INTEGER NOT NULL DEFAULT 0;
-- Names the account in mail_requests, which counts the tries at all codes of one account as well.
ALTER TABLE one_time_tokens ADD COLUMN account_key TEXT CHECK (length(account_key) = 43);

-- The sign-in links that one browser or client asked for, oldest first: a code is tried together with the secret it has.
CREATE UNIQUE INDEX one_time_tokens_by_binding ON one_time_tokens (binding_hash, expires_at, token_hash) WHERE purpose = 'sign-in';
