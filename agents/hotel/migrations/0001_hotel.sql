-- What the hotel agent keeps: the house and its terms, rooms and rates, who stays when, and what is asked of the desk.
CREATE TABLE hotel_hotels (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  aliases text[] NOT NULL DEFAULT '{}',
  -- Names of the channel connections (WhatsApp numbers, bots) that are this hotel's.
  connections text[] NOT NULL DEFAULT '{}',
  -- Name of a reservation system that the project configures; NULL: the one that is built in.
  system text,
  -- IANA; NULL: the workspace's.
  time_zone text,
  currency text NOT NULL DEFAULT 'ARS' CHECK (currency ~ '^[A-Z]{3}$'),
  address text,
  phone text,
  email text,
  emergency_phone text,
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  check_in_from time NOT NULL DEFAULT '15:00',
  check_out_until time NOT NULL DEFAULT '11:00',
  -- Hours of the people at the desk: [{"weekday": 1, "from": "09:00", "to": "21:00"}].
  desk jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(desk) = 'array'),
  hold_minutes integer NOT NULL DEFAULT 20 CHECK (hold_minutes BETWEEN 1 AND 1440),
  max_nights integer NOT NULL DEFAULT 60 CHECK (max_nights BETWEEN 1 AND 365),
  horizon_days integer NOT NULL DEFAULT 540 CHECK (horizon_days BETWEEN 1 AND 730),
  max_open_stays integer NOT NULL DEFAULT 5 CHECK (max_open_stays >= 1),
  -- Terms. Percentages of the first night, of the total, and of the price of a night.
  free_cancel_hours integer NOT NULL DEFAULT 48 CHECK (free_cancel_hours BETWEEN 0 AND 8760),
  cancel_fee_percent numeric(5, 2) NOT NULL DEFAULT 100 CHECK (cancel_fee_percent BETWEEN 0 AND 100),
  deposit_percent numeric(5, 2) NOT NULL DEFAULT 0 CHECK (deposit_percent BETWEEN 0 AND 100),
  deposit_hours integer NOT NULL DEFAULT 48 CHECK (deposit_hours BETWEEN 1 AND 8760),
  deposit_text_es text NOT NULL DEFAULT '',
  deposit_text_en text NOT NULL DEFAULT '',
  -- Free up to late_free_until, for the fee up to late_until; NULL: not offered.
  late_free_until time,
  late_until time,
  late_fee_percent numeric(5, 2) NOT NULL DEFAULT 50 CHECK (late_fee_percent BETWEEN 0 AND 100),
  early_from time NOT NULL DEFAULT '10:00',
  luggage boolean NOT NULL DEFAULT true,
  -- Younger children stay for nothing, and count for the beds all the same.
  child_free_age integer NOT NULL DEFAULT 3 CHECK (child_free_age BETWEEN 0 AND 18),
  -- From this age on a child is priced as an adult.
  child_adult_age integer NOT NULL DEFAULT 13 CHECK (child_adult_age BETWEEN 1 AND 18),
  review_links text[] NOT NULL DEFAULT '{}',
  sample boolean NOT NULL DEFAULT false,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

CREATE TABLE hotel_room_types (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  hotel_id uuid NOT NULL,
  -- What the house itself calls it: two hotels can both have a type "Doble".
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  aliases text[] NOT NULL DEFAULT '{}',
  description text NOT NULL DEFAULT '',
  sleeps integer NOT NULL CHECK (sleeps BETWEEN 1 AND 20),
  adults integer NOT NULL CHECK (adults BETWEEN 1 AND 20),
  beds text NOT NULL DEFAULT '',
  features text[] NOT NULL DEFAULT '{}',
  photo text,
  active boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code),
  UNIQUE (workspace_id, hotel_id, name),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels ON DELETE CASCADE,
  CHECK (adults <= sleeps)
);

CREATE TABLE hotel_rooms (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  type_id uuid NOT NULL,
  number text NOT NULL CHECK (number <> ''),
  notes text NOT NULL DEFAULT '',
  active boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, number),
  FOREIGN KEY (workspace_id, type_id) REFERENCES hotel_room_types
);

-- Price of a night by season and weekday: the rate with the shortest season that has the night wins. closed: nobody stays that night.
CREATE TABLE hotel_rates (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  type_id uuid NOT NULL,
  name text NOT NULL DEFAULT '',
  from_date date NOT NULL,
  to_date date NOT NULL,
  -- Monday = 1 … Sunday = 7; empty: every night.
  weekdays smallint[] NOT NULL DEFAULT '{}',
  price numeric(12, 2) NOT NULL CHECK (price >= 0),
  -- Guests that the price is for, and what each further one costs.
  guests_included integer NOT NULL DEFAULT 2 CHECK (guests_included BETWEEN 1 AND 20),
  extra_adult numeric(12, 2) NOT NULL DEFAULT 0 CHECK (extra_adult >= 0),
  extra_child numeric(12, 2) NOT NULL DEFAULT 0 CHECK (extra_child >= 0),
  min_nights integer NOT NULL DEFAULT 1 CHECK (min_nights BETWEEN 1 AND 60),
  closed boolean NOT NULL DEFAULT false,
  refundable boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, type_id) REFERENCES hotel_room_types ON DELETE CASCADE,
  CHECK (to_date >= from_date)
);
CREATE INDEX hotel_rates_by_type ON hotel_rates (workspace_id, type_id, from_date);

CREATE TABLE hotel_taxes (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  hotel_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  percent numeric(5, 2) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
  -- Per adult and night, in the hotel's currency.
  per_adult_night numeric(12, 2) NOT NULL DEFAULT 0 CHECK (per_adult_night >= 0),
  -- The prices of the rates have it in them already.
  included boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, hotel_id, name),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels ON DELETE CASCADE,
  CHECK (NOT included OR per_adult_night = 0)
);

-- Policies, services, house rules, as the house words them.
CREATE TABLE hotel_texts (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  hotel_id uuid NOT NULL,
  topic text NOT NULL CHECK (topic IN ('services', 'hours', 'location', 'policies', 'house-rules', 'payment', 'contact')),
  title text NOT NULL CHECK (title <> ''),
  text_es text NOT NULL,
  text_en text NOT NULL DEFAULT '',
  words text[] NOT NULL DEFAULT '{}',
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, hotel_id, topic, title),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels ON DELETE CASCADE
);

CREATE TABLE hotel_guests (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  phone text,
  email text,
  phone_key text,
  email_key text,
  companions text[] NOT NULL DEFAULT '{}',
  notes text NOT NULL DEFAULT '',
  -- Wants no messages that nobody asked for.
  no_messages boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX hotel_guests_by_phone ON hotel_guests (workspace_id, phone_key);
CREATE INDEX hotel_guests_by_email ON hotel_guests (workspace_id, email_key);

-- What a guest calls a stay: one code, one or several rooms.
CREATE TABLE hotel_bookings (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  hotel_id uuid NOT NULL,
  code text NOT NULL,
  -- pending: a foreign system was asked to book it, and has not answered.
  status text NOT NULL CHECK (status IN ('held', 'pending', 'confirmed', 'in_house', 'checked_out', 'cancelled', 'no_show', 'expired')),
  check_in date NOT NULL,
  check_out date NOT NULL CHECK (check_out > check_in),
  adults integer NOT NULL CHECK (adults >= 1),
  children smallint[] NOT NULL DEFAULT '{}',
  guest_id uuid,
  conversation_id uuid,
  offer_id text,
  hold_expires_at timestamptz,
  extended integer NOT NULL DEFAULT 0,
  total numeric(12, 2) NOT NULL CHECK (total >= 0),
  paid numeric(12, 2) NOT NULL DEFAULT 0 CHECK (paid >= 0),
  currency text NOT NULL,
  taxes jsonb NOT NULL DEFAULT '[]',
  cancellation jsonb NOT NULL DEFAULT '{}',
  arrival_time time,
  late_until time,
  cancel_reason text,
  cancel_fee numeric(12, 2),
  source text NOT NULL DEFAULT 'agent' CHECK (source IN ('agent', 'desk')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels,
  FOREIGN KEY (workspace_id, guest_id) REFERENCES hotel_guests,
  CHECK (status <> 'held' OR hold_expires_at IS NOT NULL),
  CHECK (status IN ('held', 'expired') OR guest_id IS NOT NULL)
);
CREATE INDEX hotel_bookings_by_conversation ON hotel_bookings (workspace_id, conversation_id);
CREATE INDEX hotel_bookings_by_guest ON hotel_bookings (workspace_id, guest_id);
CREATE INDEX hotel_bookings_holds ON hotel_bookings (workspace_id, hold_expires_at) WHERE status = 'held';
CREATE INDEX hotel_bookings_by_arrival ON hotel_bookings (workspace_id, check_in) WHERE status IN ('confirmed', 'in_house');

-- Room by night: of bookings, and of closures (blocked, without a booking).
CREATE TABLE hotel_stays (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  booking_id uuid,
  type_id uuid NOT NULL,
  room_id uuid NOT NULL,
  nights daterange NOT NULL CHECK (NOT isempty(nights) AND lower_inc(nights) AND NOT upper_inc(nights)),
  status text NOT NULL CHECK (status IN ('held', 'confirmed', 'in_house', 'blocked', 'over')),
  -- Stays in this room whatever comes: chosen by the desk.
  pinned boolean NOT NULL DEFAULT false,
  adults integer NOT NULL DEFAULT 0,
  children smallint[] NOT NULL DEFAULT '{}',
  nightly jsonb NOT NULL DEFAULT '[]',
  total numeric(12, 2) NOT NULL DEFAULT 0,
  -- Of a closure.
  reason text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES hotel_bookings ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, room_id) REFERENCES hotel_rooms,
  CHECK ((booking_id IS NULL) = (status = 'blocked')),
  -- The one guarantee against two guests in one bed. Deferrable, so that one transaction can seat stays anew: docs/decisions/0049.
  CONSTRAINT hotel_stays_no_overlap EXCLUDE USING gist (workspace_id WITH =, room_id WITH =, nights WITH &&)
    WHERE (status IN ('held', 'confirmed', 'in_house', 'blocked')) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX hotel_stays_by_booking ON hotel_stays (workspace_id, booking_id);
CREATE INDEX hotel_stays_by_type ON hotel_stays (workspace_id, type_id, upper(nights))
  WHERE status IN ('held', 'confirmed', 'in_house', 'blocked');

CREATE TABLE hotel_charges (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  booking_id uuid NOT NULL,
  concept text NOT NULL CHECK (concept <> ''),
  amount numeric(12, 2) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES hotel_bookings ON DELETE CASCADE
);
CREATE INDEX hotel_charges_by_booking ON hotel_charges (workspace_id, booking_id);

-- What conversations were offered: what is held and booked is one of these, for the price that was told.
CREATE TABLE hotel_offers (
  workspace_id text NOT NULL,
  id text NOT NULL,
  hotel_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  request jsonb NOT NULL,
  offer jsonb NOT NULL,
  -- Code of the stay that it would change.
  changing text,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, hotel_id) REFERENCES hotel_hotels ON DELETE CASCADE
);
CREATE INDEX hotel_offers_by_expiry ON hotel_offers (workspace_id, expires_at);

-- Writes by key: made again, a write answers what it answered.
CREATE TABLE hotel_operations (
  workspace_id text NOT NULL,
  key text NOT NULL,
  hotel_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('hold', 'extend', 'confirm', 'release', 'change', 'cancel', 'charge', 'late-checkout')),
  booking_id uuid,
  state text NOT NULL CHECK (state IN ('begun', 'done', 'refused', 'unclear')),
  -- Their answer.
  detail jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
CREATE INDEX hotel_operations_open ON hotel_operations (workspace_id, created_at) WHERE state IN ('begun', 'unclear');

-- What guests asked of the desk.
CREATE TABLE hotel_requests (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  booking_id uuid,
  conversation_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('special', 'early-arrival', 'payment-proof', 'front-desk', 'review')),
  text text NOT NULL,
  artifact text,
  urgent boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES hotel_bookings ON DELETE SET NULL (booking_id)
);
CREATE INDEX hotel_requests_open ON hotel_requests (workspace_id, created_at) WHERE status = 'open';

-- Messages that nobody asked for, once each: reminders and requests for a review.
CREATE TABLE hotel_notices (
  workspace_id text NOT NULL,
  booking_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('arrival-7', 'arrival-1', 'review-1', 'review-2', 'review-3')),
  -- The day of arrival or departure that it is about.
  day date NOT NULL,
  status text NOT NULL CHECK (status IN ('due', 'sent', 'dropped')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, booking_id, kind, day),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES hotel_bookings ON DELETE CASCADE
);

-- Claims to stays by contact and name that were not believed.
CREATE TABLE hotel_failed_claims (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  contact_key text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX hotel_failed_claims_by_contact ON hotel_failed_claims (workspace_id, contact_key, created_at);
