-- What was heard and is not sure: it was read back, and a yes makes it the message.
ALTER TABLE channel_threads ADD COLUMN unsure text;
--> statement-breakpoint
-- The contact spoke last: a reply may be spoken too.
ALTER TABLE channel_threads ADD COLUMN spoken boolean NOT NULL DEFAULT false;
