ALTER TABLE oauth_clients ADD COLUMN grants text COLLATE "C" NOT NULL DEFAULT '["authorization_code","refresh_token"]'
  CHECK (jsonb_typeof(grants::jsonb) = 'array');
ALTER TABLE oauth_clients ADD COLUMN serves text COLLATE "C";
ALTER TABLE oauth_clients ADD COLUMN jwks text COLLATE "C" CHECK (jwks IS NULL OR jsonb_typeof(jwks::jsonb) = 'object');
