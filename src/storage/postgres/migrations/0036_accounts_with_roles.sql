-- The accounts with roles, of which there are few. So nobody looks through all accounts for another administrator.
CREATE UNIQUE INDEX users_with_roles ON users (id) WHERE roles <> '[]';
