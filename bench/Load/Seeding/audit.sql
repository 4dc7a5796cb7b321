-- A million records of the last sixty days, over all seeded projects and a hundred names; none when there are as many already.
SELECT audit_log_add_month(now() - make_interval(months => ago)) FROM generate_series(0, 2) AS ago;

INSERT INTO audit_log_ext (project_id, username, operation, resource_type, resource, operation_description, operation_result, op_time)
SELECT p.id, format('user-%s', n % 100), (ARRAY['create', 'pull', 'delete'])[1 + n % 3], 'artifact', format('%s/repo-%s:v%s.0', p.name, lpad((n % 100)::text, 3, '0'), n % 10),
    'made by the benchmark', n % 50 <> 0, now() - make_interval(secs => n * 5.184)
FROM generate_series(1, 1000000) AS n
JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place FROM project WHERE name LIKE 'seed-___') AS p ON p.place = n % 100
WHERE NOT EXISTS (SELECT FROM audit_log_ext WHERE operation_description = 'made by the benchmark' LIMIT 1);
