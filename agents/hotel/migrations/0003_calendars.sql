-- Calendars that a room or a room type has elsewhere (Airbnb, Booking): read from an address, and told at a link.
CREATE TABLE hotel_calendars (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  type_id uuid NOT NULL,
  -- NULL: any room of the type.
  room_id uuid,
  -- Where it is read from, sealed: such an address opens the calendar. Empty: it is only told.
  url text NOT NULL DEFAULT '',
  -- Of the address, as people may see it.
  host text NOT NULL DEFAULT '',
  -- SHA-256 of the token in the link that it is told at; NULL: none was made.
  link_hash text,
  -- Nights that the link told last, as [from, to) dates: what comes back of them is no booking.
  told jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(told) = 'array'),
  told_at timestamptz,
  etag text,
  modified text,
  -- held-back: more is gone from it than cancellations explain; nothing was freed, and a person decides.
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'read', 'failing', 'held-back')),
  fault text NOT NULL DEFAULT '',
  failing_since timestamptz,
  -- That it fails, or holds back, is with the desk.
  person_told boolean NOT NULL DEFAULT false,
  checked_at timestamptz,
  read_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name),
  FOREIGN KEY (workspace_id, type_id) REFERENCES hotel_room_types ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, room_id) REFERENCES hotel_rooms ON DELETE CASCADE
);
CREATE UNIQUE INDEX hotel_calendars_by_link ON hotel_calendars (link_hash) WHERE link_hash IS NOT NULL;

-- What a calendar says is taken. No names, titles or notes of it are kept.
CREATE TABLE hotel_calendar_events (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  calendar_id uuid NOT NULL,
  uid text NOT NULL CHECK (uid <> ''),
  nights daterange NOT NULL CHECK (NOT isempty(nights) AND lower_inc(nights) AND NOT upper_inc(nights)),
  -- conflict: some of its nights are taken by somebody else. ours: what the link told came back.
  state text NOT NULL DEFAULT 'blocked' CHECK (state IN ('blocked', 'conflict', 'ours')),
  -- It is gone from the calendar, and its nights wait for a person to free them.
  gone boolean NOT NULL DEFAULT false,
  first_seen timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, calendar_id, uid),
  FOREIGN KEY (workspace_id, calendar_id) REFERENCES hotel_calendars ON DELETE CASCADE
);

ALTER TABLE hotel_stays ADD COLUMN calendar_event_id uuid CHECK (calendar_event_id IS NULL OR status = 'blocked');
ALTER TABLE hotel_stays ADD FOREIGN KEY (workspace_id, calendar_event_id) REFERENCES hotel_calendar_events ON DELETE CASCADE;
CREATE INDEX hotel_stays_by_calendar_event ON hotel_stays (workspace_id, calendar_event_id) WHERE calendar_event_id IS NOT NULL;

-- What a job, or a stay of the desk, tells the desk is of no conversation.
ALTER TABLE hotel_requests ALTER COLUMN conversation_id DROP NOT NULL;
ALTER TABLE hotel_requests DROP CONSTRAINT hotel_requests_kind_check;
ALTER TABLE hotel_requests ADD CONSTRAINT hotel_requests_kind_check
  CHECK (kind IN ('special', 'early-arrival', 'payment-proof', 'front-desk', 'review', 'calendar'));
ALTER TABLE hotel_requests ADD CONSTRAINT hotel_requests_conversation_check CHECK (kind IN ('calendar', 'front-desk') OR conversation_id IS NOT NULL);
