-- Days that conversations of a workspace are kept, where it keeps them for less long than the installation does.
ALTER TABLE workspaces ADD COLUMN conversation_days integer CHECK (conversation_days BETWEEN 1 AND 36500);
