-- What a repetition needs besides: the device that the first use made, and where the person wanted to go.
ALTER TABLE used_links ADD COLUMN device_id TEXT;
ALTER TABLE used_links ADD COLUMN return_to TEXT;

-- Nothing ever used them.
ALTER TABLE mail_requests DROP COLUMN attempt_key;
ALTER TABLE mail_requests DROP COLUMN attempted_at;
ALTER TABLE mail_requests DROP COLUMN done_by;
