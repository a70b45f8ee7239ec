-- What looks at the files after an edit: grammars, language servers and checkers; grammars alone; or nothing.
ALTER TABLE coder_sessions ADD COLUMN diagnostics text NOT NULL DEFAULT 'all' CHECK (diagnostics IN ('all', 'syntax', 'off'));
