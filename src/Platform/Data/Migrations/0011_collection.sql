-- What was deleted can be shown and taken back until the collector begins to free it.

ALTER TABLE deletion
    ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT 'artifact',   -- what was asked to go: artifact, tag or repository
    ADD COLUMN freeing boolean NOT NULL DEFAULT false,              -- the collector has begun: too late to take it back
    ADD COLUMN description text,                                    -- of a deleted repository, which starts without one
    ADD COLUMN pull_count bigint;                                   -- likewise

CREATE INDEX deletion_listing ON deletion (repository_id, deleted_at DESC, id DESC);
CREATE INDEX deletion_due ON deletion (deleted_at) WHERE NOT freeing;
CREATE INDEX deletion_freeing ON deletion (id) WHERE freeing;
