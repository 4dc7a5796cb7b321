-- When a repository last changed is told by its newest artifact and its newest tag, so that pushes need not rewrite its row.
CREATE INDEX tag_newest ON tag (repository_id, push_time DESC);
