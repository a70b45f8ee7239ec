-- How long before its start an appointment can still be moved or cancelled by the customer; the house itself always can.
ALTER TABLE booking_settings ADD COLUMN change_minutes integer NOT NULL DEFAULT 0;
