-- Collection of documents in which the rules of the house are; empty: "house-rules" where the workspace has one hotel, else none.
ALTER TABLE hotel_hotels ADD COLUMN rules_collection text NOT NULL DEFAULT '';
