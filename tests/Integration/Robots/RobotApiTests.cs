using System.Net;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Support;
using Xunit;
using static Harbor.Integration.Robots.RobotCalls;

namespace Harbor.Integration.Robots;

/// <summary>The operations on robots, as an administrator and Terraform's provider use them.</summary>
public sealed class RobotApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_new_robot_is_answered_with_exactly_these_fields_its_secret_among_them()
    {
        var name = ApiFixture.Unique("fresh");
        var request = Request(name, "system", InSystem("project:list"));
        request["duration"] = 30;
        request["secret"] = "Chosen12345";   // neither is heard
        request["disable"] = true;

        using var made = await api.Admin.CreateAsync(request);

        var shown = JsonNode.Parse(await made.BodyAsync())!;
        var created = (DateTimeOffset)shown["creation_time"]!;
        Assert.Equal((HttpStatusCode.Created, $"{RobotsPath}/{shown["id"]}"), (made.StatusCode, made.Headers.Location!.OriginalString));
        Assert.Equal("application/json", made.Content.Headers.ContentType!.ToString());
        Assert.Equal(["id", "name", "secret", "creation_time", "expires_at"], shown.AsObject().Select(field => field.Key));
        Assert.Equal($"robot${name}", (string)shown["name"]!);
        Assert.Matches("^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[a-zA-Z0-9]{32}$", (string)shown["secret"]!);
        Assert.Equal(created.AddDays(30).ToUnixTimeSeconds(), (long)shown["expires_at"]!);
        Assert.True(await api.Harbor.ClientAs($"robot${name}", (string)shown["secret"]!).IsKnownAsync());
    }

    [Fact]
    public async Task A_robot_is_shown_with_exactly_these_fields_and_never_its_secret()
    {
        var project = await api.ProjectAsync();
        var name = ApiFixture.Unique("shown");
        var robot = await MakeAsync(api.Harbor, api.Admin, Request(name, "project", InProject(project, "repository:pull", "repository:push:allow", "tag:list:deny")));

        var shown = await api.Admin.ShownAsync(robot);

        Assert.Equal((string)shown["creation_time"]!, (string)shown["update_time"]!);
        (shown["creation_time"], shown["update_time"]) = ("T", "T");
        var expected = $$"""
            {"id":{{robot.Id}},"name":"robot${{project}}+{{name}}","description":"made by a test","level":"project","duration":-1,"editable":true,"disable":false,
             "expires_at":-1,"permissions":[{"kind":"project","namespace":"{{project}}","access":[
               {"resource":"repository","action":"pull"},{"resource":"repository","action":"push","effect":"allow"},{"resource":"tag","action":"list","effect":"deny"}]}],
             "creator_type":"local","creator_ref":1,"creation_time":"T","update_time":"T"}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), shown), shown.ToJsonString());
        var listed = Assert.Single((await ListAsync($"Level=project,ProjectID={await api.ProjectIdAsync(project)}")).AsArray())!;
        (listed["creation_time"], listed["update_time"]) = ("T", "T");
        Assert.True(JsonNode.DeepEquals(shown, listed), listed.ToJsonString());
    }

    [Fact]
    public async Task The_stored_secret_is_a_hash_in_Harbors_form()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));

        Assert.Equal(true, await api.Harbor.Database.QueryAsync($"SELECT secret_hash ~ '^[0-9a-f]{{32}}$' AND length(secret_salt) = 32 FROM robot WHERE id = {robot.Id}"));
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM robot WHERE robot::text LIKE '%{robot.Secret}%'"));
        Assert.DoesNotContain(api.Harbor.Logs.Entries, entry => entry.Message.Contains(robot.Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"name":"Upper","level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"robot$ci","level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"project+ci","level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"a\u0000","level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"'; DROP TABLE robot; --","level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"level":"system","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":0,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":2147483647,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"registry","duration":1,"permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[null]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"system","namespace":"/","access":[]}]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"system","namespace":"/","access":[{"resource":"*","action":"*"}]}]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"project","namespace":"*","access":[{"resource":"repository","action":"scanner-pull"}]}]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"system","namespace":"library","access":[{"resource":"project","action":"list"}]}]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"description":"\u0000","permissions":[GOOD]}""", 400)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"project","namespace":"no-such","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"project","namespace":"a\u0000","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"system","duration":1,"permissions":[{"kind":"project","namespace":"%' OR true --","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"project","duration":1,"permissions":[{"kind":"project","namespace":"no-such","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"project","duration":1,"permissions":[{"kind":"project","namespace":"*","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"project","duration":1,"permissions":[{"kind":"project","namespace":"1","access":[{"resource":"tag","action":"list"}]}]}""", 404)]
    [InlineData("""{"name":"bad","level":"project","duration":1,"permissions":[{"kind":"system","namespace":"library","access":[{"resource":"project","action":"list"}]}]}""", 400)]
    [InlineData("""{"name":7}""", 422)]
    [InlineData("""{"name":"bad","duration":1e99}""", 422)]
    [InlineData("""{"name":"bad","duration":1.5}""", 422)]
    [InlineData("""{"name":"bad","permissions":{}}""", 422)]
    [InlineData("[]", 422)]
    [InlineData("null", 422)]
    [InlineData("{", 422)]
    [InlineData("", 422)]
    public async Task What_cannot_be_a_robot_is_refused_and_nothing_is_left_behind(string body, int status)
    {
        var good = """{"kind":"system","namespace":"/","access":[{"resource":"project","action":"list"}]}""";

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Post, RobotsPath, body.Replace("GOOD", good, StringComparison.Ordinal));

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync("SELECT count(*) FROM robot WHERE name LIKE '%bad' OR name LIKE 'Upper'"));
    }

    [Fact]
    public async Task A_name_is_taken_once_in_the_system_and_once_in_each_project()
    {
        var (one, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var name = ApiFixture.Unique("twice");
        Dictionary<string, object?>[] requests =
        [
            Request(name, "system", InSystem("project:list")),
            Request(name, "project", InProject(one, "tag:list")),
            Request(name, "project", InProject(other, "tag:list")),
        ];
        foreach (var request in requests)
        {
            using var made = await api.Admin.CreateAsync(request);
            using var again = await api.Admin.CreateAsync(request);

            Assert.Equal((201, 409), ((int)made.StatusCode, (await again.RefusalAsync()).Status));
        }
    }

    [Fact]
    public async Task Of_two_hundred_who_want_one_name_at_once_exactly_one_gets_it()
    {
        var project = await api.ProjectAsync();
        var request = Request(ApiFixture.Unique("wanted"), "project", InProject(project, "repository:pull"));

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => api.Admin.StatusAsync(HttpMethod.Post, RobotsPath, request)));

        Assert.Equal([(201, 1), (409, 199)], statuses.CountBy(status => status).Select(each => (each.Key, each.Value)).Order());
        Assert.Equal(1L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM robot_permission p JOIN project ON project.id = p.project_id WHERE project.name = '{project}'"));
    }

    [Fact]
    public async Task Terraform_gets_back_what_it_set_after_every_step()
    {
        var project = await api.ProjectAsync();
        var robot = await api.RobotAsync(InProject(project, "repository:pull:allow"), InSystem("catalog:read:allow"));

        var wanted = await api.Admin.ShownAsync(robot);
        wanted["description"] = "changed";
        wanted["disable"] = true;
        wanted["duration"] = 5;
        wanted["permissions"] = JsonNode.Parse($$"""
            [{"kind":"project","namespace":"*","access":[{"resource":"tag","action":"list","effect":"allow"}]},
             {"kind":"project","namespace":"{{project}}","access":[{"resource":"artifact","action":"read"}]}]
            """);
        using var updated = await api.Admin.CallAsync(HttpMethod.Put, robot.Url, wanted);

        Assert.Equal((HttpStatusCode.OK, ""), (updated.StatusCode, await updated.BodyAsync()));
        var shown = await api.Admin.ShownAsync(robot);
        wanted["expires_at"] = ((DateTimeOffset)shown["creation_time"]!).AddDays(5).ToUnixTimeSeconds();
        wanted["update_time"] = (string)shown["update_time"]!;
        Assert.True(JsonNode.DeepEquals(wanted, shown), shown.ToJsonString());

        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, robot.Url);
        Assert.Equal((HttpStatusCode.OK, ""), (deleted.StatusCode, await deleted.BodyAsync()));
        Assert.Equal((404, "NOT_FOUND", $"robot {robot.Id} not found"), await api.Admin.RefusalAsync(robot.Url));
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM robot_permission WHERE robot_id = {robot.Id}"));
    }

    [Fact]
    public async Task A_duration_that_stays_leaves_the_end_where_it_is_and_another_counts_from_the_creation()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));
        await api.Harbor.Database.QueryAsync($"UPDATE robot SET creation_time = creation_time - interval '10 days', duration = 20, expires_at = 4102444800 WHERE id = {robot.Id}");
        var shown = await api.Admin.ShownAsync(robot);
        async Task<long> EndAsync(int? duration)
        {
            shown["duration"] = duration;
            Assert.Equal(200, await api.Admin.StatusAsync(HttpMethod.Put, robot.Url, shown));
            return (long)(await api.Admin.ShownAsync(robot))["expires_at"]!;
        }

        Assert.Equal(4102444800, await EndAsync(20));
        Assert.Equal(4102444800, await EndAsync(null));
        Assert.Equal(((DateTimeOffset)shown["creation_time"]!).AddDays(3).ToUnixTimeSeconds(), await EndAsync(3));
        Assert.False(await robot.Client.IsKnownAsync());   // that was a week ago
        Assert.Equal(-1, await EndAsync(-1));
        Assert.True(await robot.Client.IsKnownAsync());
        Assert.Equal(((DateTimeOffset)shown["creation_time"]!).ToUnixTimeSeconds() + (2147483646L * 86400), await EndAsync(2147483646));
        Assert.True(await robot.Client.IsKnownAsync());
    }

    [Fact]
    public async Task Neither_level_nor_name_nor_project_of_a_robot_changes()
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var ofProject = await api.RobotAsync(own, "repository:pull");
        var ofSystem = await api.RobotAsync(InProject(own, "repository:pull"));
        async Task<int> PutAsync(MadeRobot robot, Action<JsonObject> change)
        {
            var shown = await api.Admin.ShownAsync(robot);
            change(shown);
            return await api.Admin.StatusAsync(HttpMethod.Put, robot.Url, shown);
        }

        foreach (var robot in (MadeRobot[])[ofProject, ofSystem])
        {
            var before = (await api.Admin.ShownAsync(robot)).ToJsonString();
            Assert.Equal(400, await PutAsync(robot, shown => shown["name"] = "robot$another"));
            Assert.Equal(400, await PutAsync(robot, shown => shown["name"] = ((string)shown["name"]!)["robot$".Length..]));
            Assert.Equal(400, await PutAsync(robot, shown => shown["level"] = robot == ofProject ? "system" : "project"));
            Assert.Equal(400, await PutAsync(robot, shown => shown["level"] = "none"));
            Assert.Equal(400, await PutAsync(robot, shown => shown["duration"] = 0));
            Assert.Equal(400, await PutAsync(robot, shown => shown["permissions"] = new JsonArray()));
            Assert.Equal(404, await PutAsync(robot, shown => shown["permissions"]![0]!["namespace"] = "no-such"));
            Assert.Equal(422, await PutAsync(robot, shown => shown["duration"] = "5"));
            Assert.Equal(before, (await api.Admin.ShownAsync(robot)).ToJsonString());
        }

        Assert.Equal(400, await PutAsync(ofProject, shown => shown["permissions"]![0]!["namespace"] = other));
        Assert.Equal(404, await PutAsync(ofProject, shown => shown["permissions"]![0]!["namespace"] = "*"));
        Assert.Equal(200, await PutAsync(ofSystem, shown => shown["permissions"]![0]!["namespace"] = other));
        Assert.Equal(404, await api.Admin.StatusAsync(HttpMethod.Put, $"{RobotsPath}/999999", new { level = "bad" }));
    }

    [Fact]
    public async Task A_secret_is_drawn_anew_or_set_to_what_is_asked_for_and_shown_only_when_drawn()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));
        Assert.True(await robot.Client.IsKnownAsync());

        using var drawn = await api.Admin.CallTextAsync(HttpMethod.Patch, robot.Url, "{}");
        var secret = (string)JsonNode.Parse(await drawn.BodyAsync())!["secret"]!;
        Assert.Matches("^[a-zA-Z0-9]{32}$", secret);
        Assert.False(await robot.Client.IsKnownAsync());
        Assert.True(await api.Harbor.ClientAs(robot.Name, secret).IsKnownAsync());

        using var set = await api.Admin.CallAsync(HttpMethod.Patch, robot.Url, new { secret = "Chosen12345" });
        Assert.Equal((HttpStatusCode.OK, "{}"), (set.StatusCode, await set.BodyAsync()));
        Assert.True(await api.Harbor.ClientAs(robot.Name, "Chosen12345").IsKnownAsync());
        Assert.False(await api.Harbor.ClientAs(robot.Name, secret).IsKnownAsync());
    }

    [Theory]
    [InlineData("""{"secret":"Short12"}""", 400)]
    [InlineData("""{"secret":"nouppercase1"}""", 400)]
    [InlineData("""{"secret":"NOLOWERCASE1"}""", 400)]
    [InlineData("""{"secret":"NoDigitAtAll"}""", 400)]
    [InlineData("""{"secret":7}""", 422)]
    [InlineData("", 422)]
    public async Task A_secret_that_is_no_good_is_refused_and_the_old_one_stays(string body, int status)
    {
        var robot = await api.RobotAsync(InSystem("project:list"));

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Patch, robot.Url, body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
        Assert.True(await robot.Client.IsKnownAsync());
    }

    [Fact]
    public async Task A_robot_of_the_first_kind_is_shown_as_it_was_made_may_be_deleted_and_nothing_else()
    {
        var name = ApiFixture.Unique("robot$old");
        var id = (long)(await api.Harbor.Database.QueryAsync($"""
            INSERT INTO robot (name, duration, expires_at, creator_type, creator_ref, creation_time, update_time) VALUES ('{name}', -1, -1, 'local', 1, now(), now()) RETURNING id
            """))!;
        var shown = await api.Admin.JsonAsync($"{RobotsPath}/{id}");

        Assert.Equal((name, false, 0), ((string)shown["name"]!, (bool)shown["editable"]!, shown["permissions"]!.AsArray().Count));
        using var put = await api.Admin.CallAsync(HttpMethod.Put, $"{RobotsPath}/{id}", shown);
        using var patch = await api.Admin.CallAsync(HttpMethod.Patch, $"{RobotsPath}/{id}", new { });
        Assert.Equal([(403, "DENIED"), (403, "DENIED")], new[] { await put.RefusalAsync(), await patch.RefusalAsync() }.Select(each => (each.Status, each.Code)));
        Assert.Equal(200, await api.Admin.StatusAsync(HttpMethod.Delete, $"{RobotsPath}/{id}"));
    }

    [Fact]
    public async Task Lists_are_of_one_place_by_name_filtered_and_sorted_as_asked()
    {
        var project = await api.ProjectAsync();
        var id = await api.ProjectIdAsync(project);
        foreach (var name in (string[])["b", "c", "a"])
        {
            await MakeAsync(api.Harbor, api.Admin, Request(name, "project", InProject(project, "tag:list")));
        }

        await api.RobotAsync(InProject(project, "tag:list"));
        await api.Harbor.Database.QueryAsync($"UPDATE robot SET visible = false WHERE name = '{project}+c'; UPDATE robot SET disabled = true WHERE name = '{project}+b'");
        Task<IEnumerable<string>> NamesAsync(string rest) => ListNamesAsync($"Level=project,ProjectID={id}{rest}");
        string Full(string name) => $"robot${project}+{name}";

        Assert.Equal([Full("a"), Full("b")], await NamesAsync(""));
        Assert.Equal([Full("b"), Full("a")], await NamesAsync("&sort=-name"));
        Assert.Equal([Full("b"), Full("a")], await NamesAsync("&sort=creation_time"));
        Assert.Equal([Full("a"), Full("b")], await NamesAsync("&sort=secret_hash,nothing"));
        Assert.Equal([Full("a")], await NamesAsync($",name={project}%252Ba"));
        Assert.Equal([Full("b")], await NamesAsync(",name=~B"));
        Assert.Equal([Full("b")], await NamesAsync(",disabled=true"));
        Assert.Equal([Full("a"), Full("b")], await NamesAsync(",secret_hash=x,visible=false"));
        Assert.Empty(await NamesAsync(",name='%253BDROP TABLE robot --"));
        Assert.DoesNotContain(Full("a"), await ListNamesAsync("Level=system&page_size=100"));
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{RobotsPath}?q=Level=project,ProjectID={id}&page=2&page_size=1");
        Assert.Equal("2", page.Headers.GetValues("X-Total-Count").Single());
    }

    [Theory]
    [InlineData("Level=project")]
    [InlineData("Level=none")]
    [InlineData("Level=~system")]
    [InlineData("Level=project,ProjectID=0")]
    [InlineData("Level=project,ProjectID=-1")]
    [InlineData("Level=project,ProjectID=library")]
    [InlineData("Level=project,ProjectID=99999999999999999999")]
    [InlineData("Level=project,ProjectID={1 2}")]
    [InlineData("Level")]
    [InlineData("duration=x")]
    public async Task A_list_of_no_place_is_a_bad_request(string q) =>
        Assert.Equal((400, "BAD_REQUEST"), (await api.Admin.RefusalAsync($"{RobotsPath}?q={q}")) is var (status, code, _) ? (status, code) : default);

    [Fact]
    public async Task However_many_robots_are_listed_it_takes_the_same_few_statements()
    {
        var project = await api.ProjectAsync();
        for (var robot = 0; robot < 5; robot++)
        {
            await api.RobotAsync(project, "repository:pull", "tag:list");
        }

        var path = $"{RobotsPath}?q=Level=project,ProjectID={await api.ProjectIdAsync(project)}";
        await api.Admin.JsonAsync(path);
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{path}&page_size=1&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{path}&page_size=5");
        var many = statements.Take();

        // Rows, their number, permissions.
        Assert.Equal((3, 3), (few.Count, many.Count));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_robot_that_is_not_there_is_missing_for_everybody_who_signed_in(string method)
    {
        var (_, _, stranger) = await api.UserAsync();
        foreach (var client in (HttpClient[])[api.Admin, stranger])
        {
            Assert.Equal(404, await client.StatusAsync(new HttpMethod(method), $"{RobotsPath}/987654321", method == "GET" ? null : new { }));
        }

        Assert.Equal(401, await api.Anonymous.StatusAsync(new HttpMethod(method), $"{RobotsPath}/987654321", method == "GET" ? null : new { }));
        Assert.Equal(422, await api.Admin.StatusAsync(new HttpMethod(method), $"{RobotsPath}/x", method == "GET" ? null : new { }));
    }

    private Task<JsonNode> ListAsync(string q) => api.Admin.JsonAsync($"{RobotsPath}?q={q}");

    private async Task<IEnumerable<string>> ListNamesAsync(string q) => (await ListAsync(q)).Names();
}
