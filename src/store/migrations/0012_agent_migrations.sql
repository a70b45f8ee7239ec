-- What agents brought: which of their files are applied, and what these made.
CREATE TABLE agent_migrations (
  agent text NOT NULL,
  name text NOT NULL,
  hash text NOT NULL,
  created text[] NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (agent, name)
);
--> statement-breakpoint
-- The tables of the booking agent were made by migration 0001 until it moved to the agent's folder: where they are, its first file is applied.
INSERT INTO agent_migrations (agent, name, hash, created)
SELECT 'booking', '0001_booking.sql', '9477fe397655e5fcc571ce1793c4a9582c8eded97d81b81fcd591cf7374a780b', ARRAY['table booking_settings', 'table booking_services',
  'table booking_staff', 'table booking_staff_services', 'table booking_opening_hours', 'table booking_special_dates',
  'table booking_promotions', 'table booking_appointments', 'table booking_reminders', 'table booking_handoffs']
WHERE to_regclass('public.booking_settings') IS NOT NULL;
