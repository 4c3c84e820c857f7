CREATE TABLE event_receivers (
  name     text COLLATE "C" PRIMARY KEY,
  place    bigint NOT NULL,
  attempts bigint NOT NULL DEFAULT 0,
  due_at   bigint NOT NULL DEFAULT 0
);
