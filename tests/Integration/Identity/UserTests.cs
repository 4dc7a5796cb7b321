using System.Net;
using System.Net.Http.Json;
using System.Text;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>How users are made, and what may be said of one.</summary>
public sealed class UserTests(UserServer server) : IClassFixture<UserServer>
{
    private const string Users = "/api/v2.0/users";

    private readonly string name = UserServer.Unique();

    private TestHarbor Harbor => server.Harbor;

    private HttpClient Ordinary => Harbor.ClientAs("ordinary", People.Password);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_makes_a_user_who_can_sign_in()
    {
        using var made = await Harbor.Admin.PostAsJsonAsync(Users, People.Request(name), Ct);

        Assert.Equal((HttpStatusCode.Created, ""), (made.StatusCode, await made.Content.ReadAsStringAsync(Ct)));
        Assert.Matches("^/api/v2.0/users/[0-9]+$", made.Headers.Location!.OriginalString);
        var shown = await Harbor.ClientAs(name, People.Password).JsonAsync(made.Headers.Location.OriginalString);
        Assert.Equal(
            ["admin_role_in_auth", "comment", "creation_time", "email", "realname", "sysadmin_flag", "update_time", "user_id", "username"],
            shown.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(
            (name, $"{name}@example.com", $"The {name}", "made by a test", false),
            (shown.GetProperty("username").GetString(), shown.GetProperty("email").GetString(), shown.GetProperty("realname").GetString(),
                shown.GetProperty("comment").GetString(), shown.GetProperty("sysadmin_flag").GetBoolean()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", shown.GetProperty("creation_time").GetString());
    }

    [Fact]
    public async Task Others_make_no_users()
    {
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PostAsJsonAsync(Users, People.Request(name), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PostAsJsonAsync(Users, People.Request(name), Ct).ToldAsync());
    }

    [Fact]
    public async Task Nobody_can_give_himself_rights_or_an_id()
    {
        var request = People.Request(name);
        foreach (var (field, value) in ((string, object)[])[("sysadmin_flag", true), ("admin_role_in_auth", true), ("user_id", 1), ("deleted", false), ("creation_time", "1999-01-01T00:00:00Z")])
        {
            request[field] = value;
        }

        using var made = await Harbor.Admin.PostAsJsonAsync(Users, request, Ct);
        var shown = await Harbor.Admin.JsonAsync(made.Headers.Location!.OriginalString);
        Assert.False(shown.GetProperty("sysadmin_flag").GetBoolean());
        Assert.NotEqual(1, shown.GetProperty("user_id").GetInt64());
        Assert.DoesNotContain("1999", shown.GetProperty("creation_time").GetString(), StringComparison.Ordinal);

        var self = Harbor.ClientAs(name, People.Password);
        using var changed = await self.PutAsJsonAsync(
            made.Headers.Location.OriginalString, new { email = $"{name}@example.com", realname = "x", username = "admin2", sysadmin_flag = true, password = "Other12345" }, Ct);
        shown = await self.JsonAsync(made.Headers.Location.OriginalString);
        Assert.Equal((name, false), (shown.GetProperty("username").GetString(), shown.GetProperty("sysadmin_flag").GetBoolean()));
    }

    [Theory]
    [InlineData("username", "ordinary", 409)]
    [InlineData("email", "ordinary@example.com", 409)]
    [InlineData("username", "anonymous", 409)]
    [InlineData("username", "", 400)]
    [InlineData("username", null, 400)]
    [InlineData("username", "a,b", 400)]
    [InlineData("username", "a\"b", 400)]
    [InlineData("username", "a~b", 400)]
    [InlineData("username", "a#b", 400)]
    [InlineData("username", "a%b", 400)]
    [InlineData("username", "a$b", 400)]
    [InlineData("username", "a\0b", 400)]
    [InlineData("email", "", 400)]
    [InlineData("email", null, 400)]
    [InlineData("email", "nonsense", 400)]
    [InlineData("email", "a b@example.com", 400)]
    [InlineData("email", "Ann <ann@example.com>", 400)]
    [InlineData("email", "a\0@example.com", 400)]
    [InlineData("realname", "", 400)]
    [InlineData("realname", "a#b", 400)]
    [InlineData("comment", "thirty-one characters, no less!", 400)]
    [InlineData("comment", "a\0b", 400)]
    [InlineData("password", "Short1", 400)]
    [InlineData("password", "alllowercase1", 400)]
    [InlineData("password", "ALLUPPERCASE1", 400)]
    [InlineData("password", "NoDigitsHere", 400)]
    [InlineData("password", null, 400)]
    [InlineData("user_id", "ignored", 201)]
    public async Task A_field_at_fault_is_refused(string field, string? value, int status)
    {
        var request = People.Request(name);
        request[field] = value;

        Assert.Equal(status, (int)(await Harbor.Admin.PostAsJsonAsync(Users, request, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("username")]
    [InlineData("email")]
    public async Task Texts_longer_than_255_do_not_validate(string field)
    {
        var request = People.Request(name);
        request[field] = new string('a', 256);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Harbor.Admin.PostAsJsonAsync(Users, request, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"username\":7}")]
    public async Task A_body_that_is_not_a_user_does_not_validate(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        Assert.StartsWith("422 UNPROCESSABLE_ENTITY", await Harbor.Admin.PostAsync(Users, content, Ct).ToldAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("größe")]
    [InlineData("山田太郎")]
    [InlineData("émile 😀 o'neil;--")]
    [InlineData("a:b")]
    public async Task Names_may_be_in_any_script(string username)
    {
        var id = await MakeAsync(username);

        Assert.Equal(username, (await Harbor.Admin.JsonAsync($"{Users}/{id}")).GetProperty("username").GetString());
        Assert.Equal([username], await NamesAsync($"{Users}?q={Uri.EscapeDataString($"username={username}")}"));
        using var browser = new Browser(Harbor);
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync(username));
    }

    [Fact]
    public async Task Names_of_255_characters_of_any_kind_are_good_and_their_users_sign_in_and_go()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 255 - name.Length)) + name;
        var id = await MakeAsync(longest);

        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs(longest, People.Password).GetAsync($"{Users}/current", Ct)).StatusCode);
        Assert.Equal("200", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
    }

    [Fact]
    public async Task Of_many_who_make_one_user_at_once_one_does_and_nobody_meets_a_fault()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ => (int)(await Harbor.Admin.PostAsJsonAsync(Users, People.Request(name), Ct)).StatusCode));

        Assert.Equal(1, statuses.Count(status => status == 201));
        Assert.All(statuses, status => Assert.Contains(status, (int[])[201, 409, 429]));
    }

    private async Task<long> MakeAsync(string username)
    {
        var request = People.Request(username);
        (request["email"], request["realname"]) = ($"{UserServer.Unique()}@example.com", "x");
        using var made = await Harbor.Admin.PostAsJsonAsync(Users, request, Ct);
        Assert.Equal("201", await made.ToldAsync());
        return long.Parse(made.Headers.Location!.OriginalString.Split('/')[^1], null);
    }

    private async Task<List<string>> NamesAsync(string path) =>
        [.. (await Harbor.Admin.JsonAsync(path)).EnumerateArray().Select(user => user.GetProperty("username").GetString()!)];
}
