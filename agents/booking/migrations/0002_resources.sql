-- What people change by hand: each row has a version, and the settings a row of their own.
ALTER TABLE booking_settings ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_services ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_staff ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_opening_hours ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_special_dates ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_promotions ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE booking_appointments ADD COLUMN version integer NOT NULL DEFAULT 1;
