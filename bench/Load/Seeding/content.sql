-- 100 projects x 100 repositories x 10 artifacts x 5 tags. What is there already stays, so a second run is quick and harmless.
-- An artifact is an index of nothing: it names no blob, so that no blob is missing.
INSERT INTO project (name, owner_id)
SELECT format('seed-%s', lpad(p::text, 3, '0')), 1 FROM generate_series(0, 99) AS p
ON CONFLICT (name) DO NOTHING;

INSERT INTO project_metadata (project_id, name, value)
SELECT id, 'public', CASE WHEN id % 2 = 0 THEN 'true' ELSE 'false' END FROM project WHERE name LIKE 'seed-___'
ON CONFLICT DO NOTHING;
INSERT INTO project_member (project_id, entity_id, entity_type, role)
SELECT id, 1, 'u', 1 FROM project WHERE name LIKE 'seed-___'
ON CONFLICT DO NOTHING;
INSERT INTO cve_allowlist (project_id) SELECT id FROM project WHERE name LIKE 'seed-___' ON CONFLICT DO NOTHING;
INSERT INTO quota (project_id) SELECT id FROM project WHERE name LIKE 'seed-___' ON CONFLICT DO NOTHING;

INSERT INTO repository (project_id, name, description, creation_time, update_time)
SELECT p.id, format('%s/repo-%s', p.name, lpad(r::text, 3, '0')), 'made by the benchmark', now() - make_interval(days => 100, mins => r), now()
FROM project p, generate_series(0, 99) AS r WHERE p.name LIKE 'seed-___'
ON CONFLICT (project_id, name) DO NOTHING;

CREATE TEMPORARY TABLE seeded AS
SELECT r.id AS repository_id, a AS number, now() - make_interval(days => a, secs => r.id % 86400) AS push_time,
    convert_to(format('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"annotations":{"seed":"%s:%s"}}', r.name, a), 'UTF8') AS content
FROM repository r, generate_series(0, 9) AS a WHERE r.name LIKE 'seed-___/repo-___';

INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
SELECT repository_id, '\x01'::bytea || sha256(content), 'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.index.v1+json', 'IMAGE', length(content), length(content), '{"org.opencontainers.image.source":"https://example.com/seed"}', '{}', push_time, push_time
FROM seeded
ON CONFLICT (repository_id, digest) DO NOTHING;

INSERT INTO manifest (artifact_id, content)
SELECT a.id, s.content FROM seeded s JOIN artifact a ON a.repository_id = s.repository_id AND a.digest = '\x01'::bytea || sha256(s.content)
ON CONFLICT DO NOTHING;

INSERT INTO tag (repository_id, name, artifact_id, push_time)
SELECT s.repository_id, format('v%s.%s', s.number, t), a.id, s.push_time + make_interval(secs => t)
FROM seeded s JOIN artifact a ON a.repository_id = s.repository_id AND a.digest = '\x01'::bytea || sha256(s.content), generate_series(0, 4) AS t
ON CONFLICT (repository_id, name) DO NOTHING;

DROP TABLE seeded;

UPDATE repository SET known_visible = true WHERE name LIKE 'seed-___/repo-___' AND NOT known_visible;
