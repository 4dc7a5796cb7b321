using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Modules.Identity;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>A server for the tests of one class, and quick ways to put things into it.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private const string Password = "Passw0rd1";

    private static readonly PasswordHash Hash = PasswordHash.Create(Password, TestHarbor.PasswordRounds);

    private static int names;

    public ApiFixture()
    {
    }

    /// <summary>The same quick ways for a server that a test started itself.</summary>
    internal ApiFixture(TestHarbor harbor) => Harbor = harbor;

    public TestHarbor Harbor { get; private set; } = null!;

    public HttpClient Admin => Harbor.Admin;

    public HttpClient Anonymous => Harbor.Anonymous;

    public async ValueTask InitializeAsync() => Harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => Harbor.DisposeAsync();

    /// <summary>A name that no other test uses.</summary>
    public static string Unique(string prefix) => $"{prefix}-{Interlocked.Increment(ref names)}";

    /// <summary>Makes a user; his row's id and a client that is him.</summary>
    public async Task<(long Id, string Name, HttpClient Client)> UserAsync(string? name = null, bool sysadmin = false)
    {
        name ??= Unique("user");
        var id = (long)(await Harbor.Database.QueryAsync($"""
            INSERT INTO harbor_user (username, email, password_hash, password_salt, password_version, sysadmin)
            VALUES ('{name}', '{name}@example.com', '{Hash.Hex}', '{Hash.Salt}', '{Hash.Version}', {sysadmin}) RETURNING id
            """))!;
        return (id, name, Harbor.ClientAs(name, Password));
    }

    /// <summary>Makes a user who is a member of a project.</summary>
    public async Task<HttpClient> MemberAsync(string project, Role role)
    {
        var (id, _, client) = await UserAsync();
        using var added = await Admin.PostAsJsonAsync($"/api/v2.0/projects/{project}/members", new { role_id = (int)role, member_user = new { user_id = id } });
        added.EnsureSuccessStatusCode();
        return client;
    }

    public async Task<string> ProjectAsync(bool isPublic = false, HttpClient? owner = null)
    {
        var name = Unique("project");
        using var made = await (owner ?? Admin).PostAsJsonAsync("/api/v2.0/projects", new { project_name = name, metadata = new { @public = isPublic ? "true" : "false" } });
        made.EnsureSuccessStatusCode();
        return name;
    }

    public async Task<long> ProjectIdAsync(string name) =>
        (long)(await Harbor.Database.QueryAsync($"SELECT id FROM project WHERE name = '{name}' AND NOT deleted"))!;

    /// <summary>Puts an artifact straight into the database, as a push would have left it.</summary>
    /// <param name="repository">Without the project.</param>
    /// <param name="minutesAgo">Age of the push.</param>
    public async Task<SeededArtifact> ArtifactAsync(string project, string repository, string[] tags, int minutesAgo = 0, string type = "IMAGE", long size = 1000)
    {
        var digest = Digest.Of(Guid.NewGuid().ToByteArray());
        var id = (long)(await Harbor.Database.QueryAsync($$"""
            WITH place AS (
                INSERT INTO repository (project_id, name, creation_time, update_time)
                SELECT id, '{{project}}/{{repository}}', now() - interval '1 day', now() - interval '1 day' FROM project WHERE name = '{{project}}' AND NOT deleted
                ON CONFLICT (project_id, name) DO UPDATE SET name = excluded.name RETURNING id)
            INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
            SELECT id, {{Bytes(digest)}}, 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json',
                'application/vnd.oci.image.config.v1+json', '{{type}}', {{size}}, 400, '{"made.by":"test"}', '{"os":"linux","architecture":"amd64"}',
                now() - interval '{{minutesAgo}} minutes', now() FROM place RETURNING id
            """))!;
        var seeded = new SeededArtifact(id, digest);
        foreach (var tag in tags)
        {
            await TagAsync(seeded, tag, minutesAgo);
        }

        return seeded;
    }

    public Task TagAsync(SeededArtifact artifact, string tag, int minutesAgo = 0) => Harbor.Database.QueryAsync($"""
        INSERT INTO tag (repository_id, name, artifact_id, push_time)
        SELECT repository_id, '{tag}', id, now() - interval '{minutesAgo} minutes' FROM artifact WHERE id = {artifact.Id}
        """);

    /// <summary>Makes one artifact a part of another, which then is an index.</summary>
    public Task ChildAsync(SeededArtifact parent, SeededArtifact child) => Harbor.Database.QueryAsync($$"""
        UPDATE artifact SET manifest_media_type = 'application/vnd.oci.image.index.v1+json' WHERE id = {{parent.Id}};
        INSERT INTO artifact_reference (parent_id, child_id, platform) VALUES ({{parent.Id}}, {{child.Id}}, '{"architecture":"arm64","os":"linux","variant":"v8"}')
        """);

    /// <summary>Makes an artifact an accessory of <paramref name="subject"/>.</summary>
    public Task AccessoryAsync(SeededArtifact accessory, SeededArtifact subject, string type = "signature.cosign") => Harbor.Database.QueryAsync($"""
        INSERT INTO accessory (artifact_id, repository_id, subject_digest, type, creation_time)
        SELECT id, repository_id, {Bytes(subject.Digest)}, '{type}', now() FROM artifact WHERE id = {accessory.Id}
        """);

    /// <summary>Hides an artifact as deleting it does.</summary>
    public Task HideAsync(SeededArtifact artifact) => Harbor.Database.QueryAsync($"""
        WITH gone AS (INSERT INTO deletion (repository_id, deleted_at, deleted_by, reason) SELECT repository_id, now(), 'test', 'test' FROM artifact WHERE id = {artifact.Id} RETURNING id)
        UPDATE artifact SET deletion_id = (SELECT id FROM gone) WHERE id = {artifact.Id};
        UPDATE repository SET known_visible = false WHERE id = (SELECT repository_id FROM artifact WHERE id = {artifact.Id})
        """);

    private static string Bytes(Digest digest) => $"'\\x{Convert.ToHexStringLower(digest.ToBytes())}'::bytea";
}

public sealed record SeededArtifact(long Id, Digest Digest);

internal static class ApiClient
{
    /// <summary>Gets JSON; anything but 200 fails the test with the body.</summary>
    public static async Task<JsonNode> JsonAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {(int)answer.StatusCode} {body}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        return JsonNode.Parse(body)!;
    }

    /// <summary>Sends a request, with <paramref name="body"/> as JSON when there is one.</summary>
    public static async Task<HttpResponseMessage> CallAsync(this HttpClient client, HttpMethod method, string path, object? body = null, string? header = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (header is not null)
        {
            request.Headers.Add(header, "true");
        }

        return await client.SendAsync(request);
    }

    /// <summary>Sends a request whose body need not be JSON.</summary>
    public static async Task<HttpResponseMessage> CallTextAsync(this HttpClient client, HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        return await client.SendAsync(request);
    }

    public static async Task<string> BodyAsync(this HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync();

    public static async Task<(int Status, string Code, string Message)> RefusalAsync(this HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        var error = Assert.Single(JsonNode.Parse(body)!["errors"]!.AsArray())!;
        return ((int)answer.StatusCode, (string)error["code"]!, (string)error["message"]!);
    }

    public static async Task<(int Status, string Code, string Message)> RefusalAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return await answer.RefusalAsync();
    }

    public static IEnumerable<string> Names(this JsonNode list, string property = "name") => list.AsArray().Select(item => (string)item![property]!);

    public static long IdIn(this HttpResponseMessage created) =>
        long.Parse(created.Headers.Location!.OriginalString.Split('/')[^1], CultureInfo.InvariantCulture);
}
