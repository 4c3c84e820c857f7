-- A recovery ends once its owner proves a second factor while it runs: in a sign-in, or again in a session that is there. A session that begins
-- because another goes on (for an app, or with another password) keeps the proofs of before, and says nothing of what is lost by now.
DROP TRIGGER sessions_with_second_factor_end_recovery;

CREATE TRIGGER sessions_with_second_factor_end_recovery
AFTER INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM factor_recoveries WHERE user_id = NEW.user_id)
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = NEW.user_id
    AND EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
                 WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey')
                   AND proven.value ->> 'at' >= started_at);
END;

CREATE TRIGGER sessions_proof_of_second_factor_ends_recovery
AFTER UPDATE OF methods ON sessions
WHEN EXISTS (SELECT 1 FROM factor_recoveries WHERE user_id = NEW.user_id)
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = NEW.user_id
    AND EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
                 WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey')
                   AND proven.value ->> 'at' >= started_at);
END;
