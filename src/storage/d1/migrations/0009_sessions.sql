-- When the latest rotations of a refresh token were, for as long as its reuse window: a JSON array of `[instant, counter]`, the counter
-- being the lowest that was moved on in that second. So it never has more entries than the window has seconds.
ALTER TABLE sessions ADD COLUMN recent_rotations TEXT;
