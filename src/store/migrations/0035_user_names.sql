-- A second word to sign in with, beside the e-mail address. It has no @, so that the two cannot be confused; lower() without a locale, in
-- which an I may have another small letter.
ALTER TABLE users ADD COLUMN user_name text CHECK (user_name ~ '^[A-Za-z0-9_-]{3,32}$');
--> statement-breakpoint
CREATE UNIQUE INDEX users_user_name ON users (lower(user_name COLLATE "C"));
