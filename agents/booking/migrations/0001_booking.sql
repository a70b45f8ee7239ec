-- What the booking agent keeps: catalogue, hours, appointments, hand-offs. Described column by column in ../schema.ts.
CREATE TABLE booking_settings (
  workspace_id text PRIMARY KEY,
  name text NOT NULL,
  address text,
  phone text,
  email text,
  currency text NOT NULL DEFAULT 'ARS' CHECK (currency ~ '^[A-Z]{3}$'),
  slot_step_minutes integer NOT NULL DEFAULT 30 CHECK (slot_step_minutes BETWEEN 5 AND 480),
  notice_minutes integer NOT NULL DEFAULT 60 CHECK (notice_minutes >= 0),
  horizon_days integer NOT NULL DEFAULT 60 CHECK (horizon_days BETWEEN 1 AND 730),
  hold_minutes integer NOT NULL DEFAULT 10 CHECK (hold_minutes BETWEEN 1 AND 1440),
  reminder_hours integer NOT NULL DEFAULT 24 CHECK (reminder_hours BETWEEN 1 AND 336),
  max_open_bookings integer NOT NULL DEFAULT 4 CHECK (max_open_bookings >= 1),
  max_calls_per_conversation integer NOT NULL DEFAULT 15 CHECK (max_calls_per_conversation >= 1),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE booking_services (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  aliases text[] NOT NULL DEFAULT '{}',
  description text NOT NULL DEFAULT '',
  category text NOT NULL DEFAULT '',
  price numeric(12, 2) NOT NULL CHECK (price >= 0),
  duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 1440),
  buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 480),
  buffer_after_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 480),
  active boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

CREATE TABLE booking_staff (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  aliases text[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

CREATE TABLE booking_staff_services (
  workspace_id text NOT NULL,
  staff_id uuid NOT NULL,
  service_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, staff_id, service_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES booking_staff ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, service_id) REFERENCES booking_services ON DELETE CASCADE
);

-- A day has as many periods as it needs. Without staff_id the house's own; a person's hours lie within those.
CREATE TABLE booking_opening_hours (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  staff_id uuid,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens time NOT NULL,
  closes time NOT NULL CHECK (closes > opens),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES booking_staff ON DELETE CASCADE
);

-- Replaces the week's hours on one date; no periods means closed, or absent.
CREATE TABLE booking_special_dates (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  date date NOT NULL,
  staff_id uuid,
  periods jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(periods) = 'array'),
  reason text NOT NULL DEFAULT '',
  PRIMARY KEY (workspace_id, id),
  UNIQUE NULLS NOT DISTINCT (workspace_id, date, staff_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES booking_staff ON DELETE CASCADE
);

CREATE TABLE booking_promotions (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  discount_percent numeric(5, 2) NOT NULL CHECK (discount_percent > 0 AND discount_percent <= 100),
  service_ids uuid[] NOT NULL DEFAULT '{}',
  valid_from date,
  valid_to date CHECK (valid_to >= valid_from),
  weekdays smallint[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE booking_appointments (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL,
  service_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  customer_name text,
  customer_phone text,
  customer_email text,
  phone_key text,
  email_key text,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  period tstzrange NOT NULL,
  price numeric(12, 2) NOT NULL,
  currency text NOT NULL,
  promotion text,
  status text NOT NULL CHECK (status IN ('held', 'confirmed', 'cancelled', 'expired')),
  hold_expires_at timestamptz,
  conversation_id uuid NOT NULL,
  file_id text,
  revision integer NOT NULL DEFAULT 0,
  cancel_reason text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code),
  FOREIGN KEY (workspace_id, service_id) REFERENCES booking_services,
  FOREIGN KEY (workspace_id, staff_id) REFERENCES booking_staff,
  CHECK (period @> tstzrange(starts_at, ends_at)),
  CHECK (status <> 'held' OR hold_expires_at IS NOT NULL),
  CHECK (status <> 'confirmed' OR (customer_name IS NOT NULL AND coalesce(customer_phone, customer_email) IS NOT NULL)),
  -- The one guarantee against double booking; everything else only makes the refusal come early and politely.
  CONSTRAINT booking_appointments_no_overlap
    EXCLUDE USING gist (workspace_id WITH =, staff_id WITH =, period WITH &&) WHERE (status IN ('held', 'confirmed'))
);
CREATE INDEX booking_appointments_by_conversation ON booking_appointments (workspace_id, conversation_id);
CREATE INDEX booking_appointments_by_phone ON booking_appointments (workspace_id, phone_key) WHERE status = 'confirmed';
CREATE INDEX booking_appointments_by_email ON booking_appointments (workspace_id, email_key) WHERE status = 'confirmed';
CREATE INDEX booking_appointments_holds ON booking_appointments (workspace_id, hold_expires_at) WHERE status = 'held';
-- Reminders that fell due; whoever delivers messages takes them from here.
CREATE TABLE booking_reminders (
  workspace_id text NOT NULL,
  appointment_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'sent', 'dropped')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, appointment_id, starts_at),
  FOREIGN KEY (workspace_id, appointment_id) REFERENCES booking_appointments ON DELETE CASCADE
);

-- Conversations that wait for a person.
CREATE TABLE booking_handoffs (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  run_id uuid NOT NULL,
  channel text NOT NULL,
  contact jsonb,
  reason text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX booking_handoffs_open ON booking_handoffs (workspace_id, created_at) WHERE status = 'open';
