-- The failing test of a student for which help was offered, by when it began to fail: one offer for each.
ALTER TABLE tutor_work ADD COLUMN offered_for timestamptz;
-- A student who wants no offers says so.
ALTER TABLE tutor_enrolments ADD COLUMN offers boolean NOT NULL DEFAULT true;
