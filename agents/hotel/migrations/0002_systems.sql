-- Reservation systems of others: which one keeps a hotel, what its types, rooms and bookings are called there, and writes that are looked up.
ALTER TABLE hotel_hotels DROP COLUMN system;

CREATE TABLE hotel_systems (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  hotel_id uuid NOT NULL,
  -- qloapps, cloudbeds, apaleo, or one that the project brings.
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9-]*$'),
  url text NOT NULL,
  -- What the hotel is called there.
  property text NOT NULL CHECK (property <> ''),
  settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
  -- Sealed.
  secret text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, hotel_id),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels ON DELETE CASCADE
);

ALTER TABLE hotel_room_types ADD COLUMN external text;
ALTER TABLE hotel_rooms ADD COLUMN external text;
ALTER TABLE hotel_bookings ADD COLUMN external text;
-- What is to be written here once it is known that it happened there.
ALTER TABLE hotel_operations ADD COLUMN intent jsonb NOT NULL DEFAULT '{}';
ALTER TABLE hotel_operations ADD COLUMN looked_up_at timestamptz;
ALTER TABLE hotel_operations ADD COLUMN person_told boolean NOT NULL DEFAULT false;
