-- A sanction that holds in one room, where a network's bans and silences belong to rooms; empty: in the whole community.
-- With the kind "unban" or "lift timeout" it is what a moderator lifted by hand in that room, while the sanction stands elsewhere.
ALTER TABLE sanctions ADD COLUMN room TEXT NOT NULL DEFAULT '';
