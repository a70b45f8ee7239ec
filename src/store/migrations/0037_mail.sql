-- A connection whose messages are fetched: how far they were read, and the process that reads, while its own lease lasts.
ALTER TABLE channel_connections ADD COLUMN read_cursor jsonb, ADD COLUMN reader uuid;
