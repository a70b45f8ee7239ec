-- A connection whose messages are fetched: how far they were read, and the process that reads, while its own lease lasts.
ALTER TABLE channel_connections ADD COLUMN read_cursor jsonb, ADD COLUMN reader uuid;
--> statement-breakpoint
-- Of a hand-off whose person answers by mail: the last turn that was mailed to them.
ALTER TABLE handoffs ADD COLUMN mailed_turn integer;
