-- What each process tells of itself: version, address, load, which generations of the secret it accepts. Written every few seconds beside the lease.
ALTER TABLE processes ADD COLUMN about jsonb;
--> statement-breakpoint
ALTER TABLE processes ADD COLUMN seen_at timestamptz;
