-- What a client may do without a person.

-- JSON: the grant types that it may use (RFC 6749 §1.3). A row from before has those of an app that signs people in.
ALTER TABLE oauth_clients ADD COLUMN grants TEXT NOT NULL DEFAULT '["authorization_code","refresh_token"]'
  CHECK (json_type(grants) = 'array');
-- The resource that it is, and about whose tokens it may ask (RFC 7662); NULL: about its own alone.
ALTER TABLE oauth_clients ADD COLUMN serves TEXT;
-- Its public keys, a JSON Web Key Set, with which it proves who it is (RFC 7523 §2.2); NULL: it has a secret, or none.
ALTER TABLE oauth_clients ADD COLUMN jwks TEXT CHECK (jwks IS NULL OR json_type(jwks) = 'object');
