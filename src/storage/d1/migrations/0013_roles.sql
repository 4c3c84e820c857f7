-- Roles travel in every access token, whose length is bounded in bytes (src/tokens/jwt.ts). The CHECK of 0001 counts characters,
-- of which one takes up to four bytes. Rows that are longer stay as they are until somebody changes their roles.
CREATE TRIGGER users_roles_fit_into_a_token
BEFORE INSERT ON users
WHEN length(CAST(NEW.roles AS BLOB)) > 1024
BEGIN
  SELECT RAISE(ABORT, 'roles take at most 1024 bytes of JSON');
END;

CREATE TRIGGER users_changed_roles_fit_into_a_token
BEFORE UPDATE OF roles ON users
WHEN length(CAST(NEW.roles AS BLOB)) > 1024 AND NEW.roles IS NOT OLD.roles
BEGIN
  SELECT RAISE(ABORT, 'roles take at most 1024 bytes of JSON');
END;
