using System.Globalization;
using System.Text.Json.Nodes;
using Harbor.Integration.Content;
using Harbor.Modules.Access;
using Harbor.Modules.Projects;
using Harbor.Modules.Projects.Members;
using Harbor.Oci;
using Harbor.Platform.Events;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>A project with something of everything in it, and things of the system that belong to nobody else: what a request can be made for.</summary>
/// <remarks>Everything in it has a name or an id of its own, so that whatever of another place is named in this one is not there.</remarks>
internal sealed class Place(ApiFixture api, string name, long projectId, string repository, string tag, SeededArtifact artifact)
{
    private const string Base = "/api/v2.0";

    // Its list of files is told by the manifest alone.
    private static readonly TestManifest Model = TestManifest.Of(MediaTypes.OciManifest, new()
    {
        ["artifactType"] = "application/vnd.cncf.model.manifest.v1+json",
        ["config"] = TestManifest.Descriptor("application/vnd.cncf.model.config.v1+json", TestImage.Empty),
        ["layers"] = Array.Empty<object>(),
    });

    private readonly Dictionary<string, string> words = new()
    {
        ["project"] = name,
        ["project_name"] = name,
        ["project_name_or_id"] = name,
        ["project_id"] = $"{projectId}",
        ["repository"] = repository,
        ["repository_name"] = repository,
        ["tag_name"] = tag,
        ["digest"] = artifact.Digest.ToString(),
        ["reference"] = artifact.Digest.ToString(),
        ["meta_name"] = "public",
    };

    public string Name => name;

    public long ProjectId => projectId;

    /// <summary>Makes a place. The members get the roles that stand beside their ids.</summary>
    public static async Task<Place> CreateAsync(ApiFixture api, NpgsqlDataSource database, bool isPublic, params (long User, Role Role)[] members)
    {
        var name = ApiFixture.Unique("place");
        var digest = Digest.Of(Guid.NewGuid().ToByteArray());
        await using var command = database.CreateCommand($$"""
            WITH made AS (INSERT INTO project (name, owner_id) VALUES ('{{name}}', 1) RETURNING id),
            visibility AS (INSERT INTO project_metadata (project_id, name, value) SELECT id, 'public', '{{(isPublic ? "true" : "false")}}' FROM made),
            list AS (INSERT INTO cve_allowlist (project_id) SELECT id FROM made),
            room AS (INSERT INTO quota (project_id) SELECT id FROM made),
            people AS (
                INSERT INTO project_member (project_id, entity_id, entity_type, role)
                SELECT made.id, u, 'u', r FROM made, unnest(@users, @roles) AS member(u, r)),
            place AS (
                INSERT INTO repository (project_id, name, creation_time, update_time) SELECT id, '{{name}}/{{name}}-web', now(), now() FROM made RETURNING id, project_id),
            image AS (
                INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
                SELECT id, @digest, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.cncf.model.config.v1+json',
                    'application/vnd.cncf.model.manifest.v1+json', 'CNAI', 1000, 400, '{}', '{}', now(), now() FROM place RETURNING id, repository_id),
            bytes AS (INSERT INTO manifest (artifact_id, content) SELECT id, @manifest FROM image),
            named AS (INSERT INTO tag (repository_id, name, artifact_id, push_time) SELECT repository_id, '{{name}}-v1', id, now() FROM image)
            SELECT made.id, image.id FROM made, image
            """);
        command.Parameters.AddWithValue("users", members.Select(each => each.User).ToArray());
        command.Parameters.AddWithValue("roles", members.Select(each => (int)each.Role).ToArray());
        command.Parameters.AddWithValue("digest", digest.ToBytes());
        command.Parameters.AddWithValue("manifest", Model.Content);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        // A server that remembers who is a member of what would not know of this one.
        var feed = api.Harbor.Services.GetRequiredService<ChangeFeed>();
        foreach (var (user, _) in members)
        {
            feed.EvictLocally(ProjectDirectory.RolesKey(Member.User(user)));
        }

        return new Place(api, name, row.GetInt64(0), $"{name}-web", $"{name}-v1", new SeededArtifact(row.GetInt64(1), digest));
    }

    /// <summary>The word that stands for <paramref name="name"/>; made by <see cref="PrepareAsync(MountedOperation, bool)"/>, unless it is of every place.</summary>
    public string Word(string name) => name == "unique" ? ApiFixture.Unique("new") : words[name];

    /// <summary>Makes whatever else of this place an operation speaks of.</summary>
    /// <param name="isAlone">Whether the place is for this operation alone, and may be changed to suit it.</param>
    public async Task PrepareAsync(MountedOperation operation, bool isAlone = false)
    {
        foreach (var word in OperationSamples.WordsIn(operation))
        {
            await MakeAsync(operation.Id, word);
        }

        if (isAlone && OperationSamples.NeedOf(operation) is { } need)
        {
            await MeetAsync(operation.Id, need);
        }
    }

    private async Task MeetAsync(string operation, string need)
    {
        switch (need)
        {
            case "no repositories":
                await api.Harbor.Database.QueryAsync($"""
                    DELETE FROM tag WHERE repository_id IN (SELECT id FROM repository WHERE project_id = {projectId});
                    DELETE FROM manifest WHERE artifact_id IN (SELECT a.id FROM artifact a JOIN repository r ON r.id = a.repository_id WHERE r.project_id = {projectId});
                    DELETE FROM artifact WHERE repository_id IN (SELECT id FROM repository WHERE project_id = {projectId});
                    DELETE FROM repository WHERE project_id = {projectId}
                    """);
                break;
            case "its label":
                await PostAsync($"/projects/{name}/repositories/{repository}/artifacts/{artifact.Digest}/labels", new { id = long.Parse(words["label_id"], CultureInfo.InvariantCulture) });
                break;
            default:
                Assert.Fail($"{operation} needs \"{need}\": say in {nameof(Place)} how that is met");
                break;
        }
    }

    private async Task MakeAsync(string operation, string word)
    {
        if (words.ContainsKey(word) || word == "unique")
        {
            return;
        }

        switch (word)
        {
            case "user" or "user_id":
                var user = await api.UserAsync();
                (words["user"], words["user_id"]) = (user.Name, $"{user.Id}");
                break;
            case "mid":
                words["mid"] = $"{await PostAsync($"/projects/{name}/members", new { role_id = 3, member_user = new { user_id = (await api.UserAsync()).Id } })}";
                break;
            case "job_id":
                words["job_id"] = $"{await api.Harbor.Database.QueryAsync("""
                    WITH act AS (
                        INSERT INTO execution (vendor_type, vendor_id, status, trigger, start_time, update_time, end_time)
                        VALUES ('EXECUTION_SWEEP', -1, 'Success', 'MANUAL', now(), now(), now()) RETURNING id)
                    INSERT INTO task (execution_id, kind, status, input, due_at, creation_time, update_time, end_time)
                    SELECT id, 'EXECUTION_SWEEP', 'Success', '{}', now(), now(), now(), now() FROM act RETURNING lpad(to_hex(id), 24, '0')
                    """)}";
                break;
            case "gc_id":
                words["gc_id"] = $"{await CollectionAsync()}";
                break;
            case "deletion_id":
                words["deletion_id"] = $"{await DeletionAsync()}";
                break;
            case "label_id":
                words["label_id"] = $"{await PostAsync("/labels", new { name = ApiFixture.Unique("label"), scope = "p", project_id = projectId })}";
                break;
            case "immutable_rule_id":
                words["immutable_rule_id"] = $"{await RuleAsync()}";
                break;
            case "robot_id" or "robot_name":
                var (id, robot, _) = await RobotAsync([("repository", "pull")]);
                (words["robot_id"], words["robot_name"]) = ($"{id}", robot);
                break;
            case "group_id":
                words["group_id"] = $"{await GroupAsync()}";
                break;
            case "retentions_id":
                words["retentions_id"] = $"{await PolicyAsync()}";
                break;
            case "eid":
                await MakeAsync(operation, "retentions_id");
                words["eid"] = $"{await ExecutionAsync("RETENTION", words["retentions_id"])}";
                break;
            case "tid":
                await MakeAsync(operation, "eid");
                words["tid"] = $"{await api.Harbor.Database.QueryAsync($"SELECT id FROM task WHERE execution_id = {words["eid"]}")}";
                break;
            case "purge_id":
                words["purge_id"] = $"{await ExecutionAsync("PURGE_AUDIT_LOG", "-1")}";
                break;
            case "quotas_id":
                words["quotas_id"] = $"{await api.Harbor.Database.QueryAsync($"SELECT id FROM quota WHERE project_id = {projectId}")}";
                break;
            default:
                Assert.Fail($"{operation} speaks of {{{word}}}: say in {nameof(Place)} how one is made");
                break;
        }
    }

    /// <summary>Adds one row to what a list shows for this place.</summary>
    public async Task AddRowAsync(MountedOperation list)
    {
        switch (list.Id)
        {
            case "listProjects":
                await api.ProjectAsync();
                break;
            case "listUsers" or "searchUsers":
                await api.UserAsync();
                break;
            case "listProjectMembers":
                await api.MemberAsync(name, Role.Guest);
                break;
            case "listAllRepositories" or "listRepositories":
                await api.ArtifactAsync(name, ApiFixture.Unique("repository"), ["v1"]);
                break;
            case "listArtifacts" or "listArtifactsOfProject":
                var added = await api.ArtifactAsync(name, repository, [ApiFixture.Unique("a"), ApiFixture.Unique("b")]);
                await api.AccessoryAsync(await api.ArtifactAsync(name, repository, []), added);
                await api.ChildAsync(added, artifact);
                break;
            case "listTags":
                await api.TagAsync(artifact, ApiFixture.Unique("tag"));
                break;
            case "listAccessories":
                await api.AccessoryAsync(await api.ArtifactAsync(name, repository, []), artifact);
                break;
            case "ListLabels":
                await PostAsync("/labels", new { name = ApiFixture.Unique("label"), scope = "p", project_id = projectId });
                break;
            case "ListImmuRules":
                await RuleAsync();
                break;
            case "ListRobot":
                await RobotAsync([("repository", "pull"), ("repository", "push"), ("tag", "list")]);
                break;
            case "listUserGroups" or "searchUserGroups":
                await GroupAsync();
                break;
            case "listQuotas":
                await api.ProjectAsync();
                break;
            case "listRetentionExecutions":
                await ExecutionAsync("RETENTION", words["retentions_id"]);
                break;
            case "listRetentionTasks":
                await api.Harbor.Database.QueryAsync($"""
                    INSERT INTO task (execution_id, kind, status, input, extra_attrs, due_at, creation_time, update_time, end_time)
                    SELECT execution_id, kind, 'Success', input, extra_attrs, due_at, clock_timestamp(), update_time, end_time FROM task WHERE execution_id = {words["eid"]} LIMIT 1
                    """);
                break;
            case "getPurgeHistory":
                await ExecutionAsync("PURGE_AUDIT_LOG", "-1");
                break;
            case "listAuditLogs" or "getLogs":
                await api.Harbor.Database.QueryAsync($"""
                    INSERT INTO audit_log (project_id, username, operation, resource_type, resource, op_time)
                    VALUES ({projectId}, 'admin', 'create', 'artifact', '{ApiFixture.Unique(name)}', clock_timestamp())
                    """);
                break;
            case "listAuditLogExts" or "getLogExts":
                await api.Harbor.Database.QueryAsync($"""
                    INSERT INTO audit_log_ext (project_id, username, operation, resource_type, resource, operation_description, operation_result, op_time)
                    VALUES ({projectId}, 'admin', 'create', 'artifact', '{ApiFixture.Unique(name)}', 'pushed', true, clock_timestamp())
                    """);
                break;
            case "getGCHistory":
                await CollectionAsync();
                break;
            case "listDeletions":
                await DeletionAsync();
                break;
            case "listSchedules":
                await api.Harbor.Database.QueryAsync($"""
                    INSERT INTO schedule (vendor_type, vendor_id, cron_type, cron, creation_time, update_time)
                    SELECT 'PLACE', coalesce(max(id), 0) + 1, 'Custom', '0 0 0 1 1 *', now(), now() FROM schedule
                    """);
                break;
            default:
                Assert.Fail($"{list.Id} is a list: say in {nameof(Place)} how a row is added to it");
                break;
        }
    }

    /// <summary>Makes a robot of this project.</summary>
    public async Task<(long Id, string Name, string Secret)> RobotAsync(IEnumerable<(string Resource, string Action)> access)
    {
        using var made = await api.Admin.CallAsync(HttpMethod.Post, $"{Base}/robots", new
        {
            name = ApiFixture.Unique("robot"),
            level = "project",
            duration = -1,
            permissions = new[] { new { kind = "project", @namespace = name, access = access.Select(each => new { resource = each.Resource, action = each.Action }) } },
        });
        var body = JsonNode.Parse(await made.BodyAsync())!;
        Assert.True(made.IsSuccessStatusCode, body.ToJsonString());
        return ((long)body["id"]!, (string)body["name"]!, (string)body["secret"]!);
    }

    private Task<long> RuleAsync() => PostAsync($"/projects/{name}/immutabletagrules", new
    {
        action = "immutable",
        template = "immutable_template",
        tag_selectors = new[] { new { kind = "doublestar", decoration = "matches", pattern = ApiFixture.Unique("rule") } },
        scope_selectors = new { repository = new[] { new { kind = "doublestar", decoration = "repoMatches", pattern = "nothing" } } },
    });

    private Task<long> PolicyAsync() => PostAsync("/retentions", new
    {
        algorithm = "or",
        scope = new { level = "project", @ref = projectId },
        trigger = new { kind = "Schedule", settings = new { cron = "" } },
        rules = new[]
        {
            new
            {
                action = "retain",
                template = "always",
                tag_selectors = new[] { new { kind = "doublestar", decoration = "matches", pattern = "**" } },
                scope_selectors = new { repository = new[] { new { kind = "doublestar", decoration = "repoMatches", pattern = "**" } } },
            },
        },
    });

    // One that is over, so that it is shown the same again and again.
    private async Task<long> ExecutionAsync(string kind, string vendorId) => (long)(await api.Harbor.Database.QueryAsync($"""
        WITH made AS (
            INSERT INTO execution (vendor_type, vendor_id, status, status_message, trigger, extra_attrs, start_time, update_time, end_time)
            VALUES ('{kind}', {vendorId}, 'Success', '', 'MANUAL', '{"{}"}', clock_timestamp(), clock_timestamp(), clock_timestamp()) RETURNING id)
        INSERT INTO task (execution_id, kind, status, input, extra_attrs, due_at, creation_time, update_time, end_time)
        SELECT id, '{kind}', 'Success', '{"{}"}', '{"{}"}', clock_timestamp(), clock_timestamp(), clock_timestamp(), clock_timestamp() FROM made RETURNING execution_id
        """))!;

    // A garbage collection that is over.
    private async Task<long> CollectionAsync() => (long)(await api.Harbor.Database.QueryAsync("""
        WITH act AS (
            INSERT INTO execution (vendor_type, vendor_id, status, trigger, start_time, update_time, end_time)
            VALUES ('GARBAGE_COLLECTION', -1, 'Success', 'MANUAL', clock_timestamp(), now(), now()) RETURNING id)
        INSERT INTO task (execution_id, kind, status, input, due_at, creation_time, update_time, end_time)
        SELECT id, 'GARBAGE_COLLECTION', 'Success', '{}', now(), now(), now(), now() FROM act RETURNING execution_id
        """))!;

    private async Task<long> DeletionAsync()
    {
        var gone = ApiFixture.Unique("gone");
        await api.ArtifactAsync(name, gone, ["v1"]);
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"{Base}/projects/{name}/repositories/{gone}");
        Assert.True(deleted.IsSuccessStatusCode, await deleted.BodyAsync());
        return (long)(await api.Harbor.Database.QueryAsync($"SELECT deletion.id FROM deletion JOIN repository ON repository.id = repository_id WHERE name = '{name}/{gone}'"))!;
    }

    // Groups can be made only where people sign in elsewhere, so one is put there.
    private async Task<long> GroupAsync() =>
        (long)(await api.Harbor.Database.QueryAsync($"INSERT INTO user_group (group_name, group_type) VALUES ('{ApiFixture.Unique("group")}', 3) RETURNING id"))!;

    private async Task<long> PostAsync(string path, object body)
    {
        using var made = await api.Admin.CallAsync(HttpMethod.Post, $"{Base}{path}", body);
        Assert.True(made.IsSuccessStatusCode, $"POST {path}: {(int)made.StatusCode} {await made.BodyAsync()}");
        return made.Headers.Location is null ? 0 : made.IdIn();
    }
}
