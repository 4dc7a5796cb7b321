-- Whether there is surely something to see in a repository, so that counting them need not look into each. True is always right; false says
-- nothing, and whoever asks looks. Who shows an artifact sets it first; who hides some looks what is left and says so in the same transaction.
ALTER TABLE repository ADD COLUMN known_visible boolean NOT NULL DEFAULT false;

UPDATE repository SET known_visible = true WHERE EXISTS (SELECT 1 FROM artifact WHERE artifact.repository_id = repository.id AND artifact.deletion_id IS NULL);

CREATE INDEX repository_known_visible ON repository (project_id, known_visible, id);

-- A part of a user's name or of a resource is found in the audit log without reading all of it. It costs some ten microseconds for each
-- record. An installation whose database has no pg_trgm, or may not add it, does without: then such a search reads the log.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX audit_log_ext_words ON audit_log_ext USING gin (username gin_trgm_ops, resource gin_trgm_ops);
EXCEPTION WHEN undefined_file OR undefined_object OR insufficient_privilege OR feature_not_supported OR invalid_schema_name THEN
    RAISE NOTICE 'pg_trgm is not to be had: %', SQLERRM;
END $$;
