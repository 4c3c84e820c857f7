CREATE TABLE signing_keys (
  -- RFC 7638 thumbprint of the public key.
  kid                 TEXT    PRIMARY KEY CHECK (length(kid) = 43),
  alg                 TEXT    NOT NULL CHECK (alg IN ('ES256', 'EdDSA')),
  public_jwk          TEXT    NOT NULL CHECK (json_type(public_jwk) = 'object'),
  -- PKCS#8 under AES-256-GCM, `<nonce>.<ciphertext>` in base64url, and the id of the secret whose key encrypts it.
  private_key         TEXT    NOT NULL,
  encrypted_with      TEXT    NOT NULL,
  created_at          INTEGER NOT NULL,
  -- NULL while it may sign. Its public part stays in the key set until the last token it signed has ended.
  retired_at          INTEGER
) STRICT, WITHOUT ROWID;

-- At most one key signs for each algorithm, so a first rush of requests cannot make two.
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (alg) WHERE retired_at IS NULL;
