-- Messages that an agent sends by itself: each has a run that has ended, and says which job or call sent it.
ALTER TABLE runs ADD COLUMN sent_by text;
