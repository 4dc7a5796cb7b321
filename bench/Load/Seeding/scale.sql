-- 10,000 groups of ten artifacts: 9,000 are a repository each (90 projects x 100), 1,000 share the one repository of scale-big. In each:
--   0     an index of 1 and 2, with two labels and the tags release-<g> (immutable by a rule), and nine others
--   1-8   images of a config and 17 layers that nothing else names, five tags each
--   9     a cosign signature of 0, with a config and 5 layers of its own; no tag
-- 100,000 artifacts, 500,000 tags, 1,500,000 blobs with their links and what the projects are charged for them. All rows agree with each
-- other, but the bytes of the blobs are not there. Runs once: whoever calls it looks whether it has.
INSERT INTO project (name, owner_id)
SELECT format('scale-%s', lpad(p::text, 3, '0')), 1 FROM generate_series(0, 89) AS p
UNION ALL SELECT 'scale-big', 1;

CREATE TEMPORARY TABLE place AS SELECT id, name FROM project WHERE name LIKE 'scale-___';
INSERT INTO project_metadata (project_id, name, value) SELECT id, 'public', 'false' FROM place;
INSERT INTO project_member (project_id, entity_id, entity_type, role) SELECT id, 1, 'u', 1 FROM place;
INSERT INTO cve_allowlist (project_id) SELECT id FROM place;
INSERT INTO label (project_id, name, description, color, creation_time, update_time)
SELECT id, word, 'made by the benchmark', '#61717D', now(), now() FROM place, unnest(ARRAY['stable', 'tested']) AS word;
INSERT INTO immutable_tag_rule (project_id, definition, fingerprint, creation_time, update_time)
SELECT id, rule::json, sha256(convert_to(rule, 'UTF8')), now(), now()
FROM place, (VALUES ('{"priority":0,"action":"immutable","template":"immutable_template",'
    '"tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"release-*"}],'
    '"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"**"}]}}')) AS given (rule);

INSERT INTO repository (project_id, name, description, creation_time, update_time)
SELECT id, format('%s/repo-%s', name, lpad(r::text, 3, '0')), 'made by the benchmark', now() - make_interval(days => 100, mins => r), now()
FROM place, generate_series(0, 99) AS r WHERE name <> 'scale-big'
UNION ALL
SELECT id, 'scale-big/one', 'made by the benchmark', now() - make_interval(days => 100), now() FROM place WHERE name = 'scale-big';

CREATE TEMPORARY TABLE artifact_group AS
SELECT g, repository.project_id, repository.id AS repository_id, now() - make_interval(secs => g * 600) AS pushed
FROM generate_series(0, 9999) AS g
JOIN repository ON repository.name = CASE WHEN g >= 9000 THEN 'scale-big/one'
    ELSE format('scale-%s/repo-%s', lpad((g / 100)::text, 3, '0'), lpad((g % 100)::text, 3, '0')) END;

CREATE TEMPORARY TABLE layer AS
SELECT g, n, k, '\x01'::bytea || sha256(convert_to(format('scale %s %s %s', g, n, k), 'UTF8')) AS digest,
    CASE WHEN k = 0 THEN 2000 ELSE 512 + ((g * 10 + n) * 18 + k) * 7919::bigint % 1000003 * 50 END AS size,
    CASE WHEN k = 0 THEN 'application/vnd.oci.image.config.v1+json' WHEN n = 9 THEN 'application/vnd.dev.cosign.simplesigning.v1+json'
        ELSE 'application/vnd.oci.image.layer.v1.tar+gzip' END AS media_type
FROM generate_series(0, 9999) AS g, generate_series(1, 9) AS n, LATERAL generate_series(0, CASE WHEN n = 9 THEN 5 ELSE 17 END) AS k;

INSERT INTO blob (digest, size, pushed_at) SELECT digest, size, now() FROM layer ORDER BY g, n, k;
ANALYZE blob;
ALTER TABLE layer ADD blob_id bigint;
UPDATE layer SET blob_id = blob.id FROM blob WHERE blob.digest = layer.digest;

-- Manifests: of images, of their indexes, of the indexes' signatures.
CREATE TEMPORARY TABLE made (g integer, n integer, media_type text, artifact_type text, content bytea, below bigint, digest bytea);

INSERT INTO made
SELECT g, n, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json', convert_to(format(
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}',
    min(descriptor) FILTER (WHERE k = 0), string_agg(descriptor, ',' ORDER BY k) FILTER (WHERE k > 0)), 'UTF8'), sum(size)
FROM (SELECT *, format('{"mediaType":"%s","digest":"sha256:%s","size":%s}', media_type, encode(substr(digest, 2), 'hex'), size) AS descriptor FROM layer) AS described
WHERE n < 9 GROUP BY g, n;
UPDATE made SET digest = '\x01'::bytea || sha256(content);

INSERT INTO made (g, n, media_type, artifact_type, content, below)
SELECT g, 0, 'application/vnd.oci.image.index.v1+json', '', convert_to(format(
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}',
    string_agg(format('{"mediaType":"%s","digest":"sha256:%s","size":%s,"platform":{"architecture":"%s","os":"linux"}}',
        media_type, encode(substr(digest, 2), 'hex'), length(content), CASE n WHEN 1 THEN 'amd64' ELSE 'arm64' END), ',' ORDER BY n)), 'UTF8'),
    sum(below + length(content))
FROM made WHERE n IN (1, 2) GROUP BY g;
UPDATE made SET digest = '\x01'::bytea || sha256(content) WHERE n = 0;

INSERT INTO made (g, n, media_type, artifact_type, content, below)
SELECT g, 9, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json', convert_to(format(
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s],"subject":%s}',
    min(descriptor) FILTER (WHERE k = 0), string_agg(descriptor, ',' ORDER BY k) FILTER (WHERE k > 0), min(subject)), 'UTF8'), sum(size)
FROM (
    SELECT layer.*, format('{"mediaType":"%s","digest":"sha256:%s","size":%s}', layer.media_type, encode(substr(layer.digest, 2), 'hex'), layer.size) AS descriptor,
        format('{"mediaType":"%s","digest":"sha256:%s","size":%s}', made.media_type, encode(substr(made.digest, 2), 'hex'), length(content)) AS subject
    FROM layer JOIN made USING (g) WHERE layer.n = 9 AND made.n = 0) AS described
GROUP BY g;
UPDATE made SET digest = '\x01'::bytea || sha256(content) WHERE n = 9;

INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
SELECT repository_id, digest, made.media_type, CASE WHEN n = 0 THEN made.media_type ELSE artifact_type END, artifact_type, 'IMAGE', below + length(content), length(content),
    CASE WHEN n = 0 THEN '{"org.opencontainers.image.source":"https://example.com/scale"}'::json END,
    CASE WHEN n > 0 THEN '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin"],"Cmd":["/app"]}}'::json END,
    pushed - make_interval(mins => n), pushed - make_interval(mins => n)
FROM made JOIN artifact_group USING (g) ORDER BY g DESC, n DESC;
ANALYZE artifact;
ALTER TABLE made ADD artifact_id bigint;
UPDATE made SET artifact_id = artifact.id FROM artifact_group, artifact
WHERE artifact_group.g = made.g AND artifact.repository_id = artifact_group.repository_id AND artifact.digest = made.digest;

INSERT INTO manifest (artifact_id, content) SELECT artifact_id, content FROM made ORDER BY artifact_id;
INSERT INTO artifact_blob (artifact_id, blob_id, media_type)
SELECT artifact_id, blob_id, layer.media_type FROM layer JOIN made USING (g, n) ORDER BY artifact_id, blob_id;
INSERT INTO artifact_reference (parent_id, child_id, platform)
SELECT whole.artifact_id, part.artifact_id, json_build_object('architecture', CASE part.n WHEN 1 THEN 'amd64' ELSE 'arm64' END, 'os', 'linux')
FROM made AS whole JOIN made AS part USING (g) WHERE whole.n = 0 AND part.n IN (1, 2) ORDER BY g, part.n;
INSERT INTO accessory (artifact_id, repository_id, subject_digest, type, creation_time)
SELECT signature.artifact_id, repository_id, subject.digest, 'signature.cosign', pushed
FROM made AS signature JOIN made AS subject USING (g) JOIN artifact_group USING (g) WHERE signature.n = 9 AND subject.n = 0;
INSERT INTO artifact_label (artifact_id, label_id)
SELECT artifact_id, label.id FROM made JOIN artifact_group USING (g) JOIN label USING (project_id) WHERE n = 0;
INSERT INTO tag (repository_id, name, artifact_id, push_time)
SELECT repository_id, CASE WHEN n = 0 AND t = 0 THEN format('release-%s', g) ELSE format('v%s.%s.%s', g, n, t) END, artifact_id,
    pushed - make_interval(mins => n) + make_interval(secs => t)
FROM made JOIN artifact_group USING (g), LATERAL generate_series(0, CASE n WHEN 0 THEN 9 ELSE 4 END) AS t
WHERE n < 9 ORDER BY artifact_id, t;

INSERT INTO repository_blob (repository_id, blob_id, uses, charged, linked_at)
SELECT repository_id, blob_id, 1, true, now() FROM layer JOIN artifact_group USING (g) ORDER BY repository_id, blob_id;
INSERT INTO project_blob (project_id, digest, size, count)
SELECT project_id, digest, size, 1 FROM layer JOIN artifact_group USING (g)
UNION ALL SELECT project_id, digest, length(content), 1 FROM made JOIN artifact_group USING (g)
ORDER BY project_id, digest;
INSERT INTO quota (project_id, used) SELECT project_id, sum(size) FROM project_blob JOIN place ON place.id = project_id GROUP BY project_id;

DROP TABLE place, artifact_group, layer, made;
