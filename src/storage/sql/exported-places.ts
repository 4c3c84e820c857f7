// This file imports no code: see account-change.ts.

/** Lists what is kept of an account but its secrets, by the name of the place in an export: its owner's or an operator's. */
export const EXPORTED_PLACES = {
  account: `SELECT id, email, name, roles, email_verified_at, disabled_at, second_factor_at, user_metadata, app_metadata,
    created_at FROM users WHERE id = :user_id`,
  sessions: `SELECT id, mode, methods, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, ended_at, end_reason,
    user_agent, country, client_id, parent_id, scope, resource, key_name, key_used_at FROM sessions WHERE user_id = :user_id`,
  authenticator_app: 'SELECT confirmed_at FROM totp_factors WHERE user_id = :user_id',
  recovery_codes: 'SELECT used_at FROM recovery_codes WHERE user_id = :user_id',
  passkeys: `SELECT id, name, aaguid, transports, backup_eligible, backed_up, sign_count, created_at, last_used_at
    FROM passkeys WHERE user_id = :user_id`,
  identities: `SELECT id, provider, issuer, subject, email, created_at, last_used_at
    FROM identities WHERE user_id = :user_id`,
  consents: 'SELECT client_id, resource, scope, granted_at FROM oauth_consents WHERE user_id = :user_id',
  names_for_apps: 'SELECT sector, subject FROM pairwise_subjects WHERE user_id = :user_id',
  authorization_codes: `SELECT client_id, redirect_uri, scope, resource, expires_at
    FROM authorization_codes WHERE user_id = :user_id`,
  device_codes: 'SELECT client_id, scope, resource, expires_at FROM device_codes WHERE user_id = :user_id',
  pending_sign_ins: `SELECT mode, methods, return_to, expires_at
    FROM pending_sign_ins WHERE user_id = :user_id`,
  second_factor_recovery: 'SELECT started_at, due_at FROM factor_recoveries WHERE user_id = :user_id',
  devices: 'SELECT id, created_at, last_seen_at, user_agent, country FROM devices WHERE user_id = :user_id',
  known_devices: 'SELECT device FROM known_devices WHERE user_id = :user_id',
  links: 'SELECT purpose, new_email, expires_at FROM one_time_tokens WHERE holder = :user_id',
  events: `SELECT at, event, outcome, reason, actor_id, session_id, mode, address, country, user_agent
    FROM audit_events WHERE subject_id = :user_id ORDER BY seq`,
} as const
