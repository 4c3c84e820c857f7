-- Until when attempts that are refused unseen are recorded no more: one record for each time that a budget has to wait.
ALTER TABLE budgets ADD COLUMN noted_until INTEGER NOT NULL DEFAULT 0;
