CREATE TABLE signing_keys (
  -- RFC 7638 thumbprint of the public key.
  kid                TEXT    PRIMARY KEY CHECK (length(kid) = 43),
  alg                TEXT    NOT NULL CHECK (alg IN ('ES256', 'EdDSA')),
  -- Keys of an algorithm follow each other. The constraint gives each exactly one successor, however many isolates try.
  generation         INTEGER NOT NULL CHECK (generation > 0),
  -- From then on it signs, and its predecessor does not. It is published before.
  signs_from         INTEGER NOT NULL,
  public_jwk         TEXT    NOT NULL CHECK (json_type(public_jwk) = 'object'),
  -- PKCS#8 under AES-256-GCM, `<nonce>.<ciphertext>` in base64url, and the id of the secret whose key encrypts it.
  private_key        TEXT    NOT NULL,
  encrypted_with     TEXT    NOT NULL,
  -- Set by an operator who wants a successor now (npm run keys:rotate).
  rotation_requested INTEGER NOT NULL DEFAULT 0 CHECK (rotation_requested IN (0, 1)),
  UNIQUE (alg, generation)
) STRICT, WITHOUT ROWID;
