-- How far each receiver of events has come in the audit trail, which is where events are read. No row: nobody receives any.
CREATE TABLE event_receivers (
  name     TEXT    PRIMARY KEY,
  -- The last row of audit_events that it has had.
  place    INTEGER NOT NULL,
  -- How often the event after that was tried in vain, and when it may be tried again.
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
