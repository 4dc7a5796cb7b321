using System.Net;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class AdminPasswordTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private HarborProcessOptions Options => new() { DataDirectory = folder["data"] };

    [Fact]
    public async Task A_random_password_is_printed_once_kept_for_the_owner_alone_and_signs_in()
    {
        await using (var harbor = await HarborProcess.StartAsync(Options))
        {
            var password = (await File.ReadAllTextAsync(folder["data/admin-password"])).Trim();

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/admin-password"]));
            Assert.Single(harbor.Output, line => line.Contains(password, StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, await SignInAsync(harbor, password));
            Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(harbor, TestHarbor.AdminPassword));
            await harbor.StopAsync();
        }

        await using var again = await HarborProcess.StartAsync(Options);
        var kept = (await File.ReadAllTextAsync(folder["data/admin-password"])).Trim();
        Assert.DoesNotContain(again.Output, line => line.Contains(kept, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(again, kept));
    }

    [Fact]
    public async Task A_given_password_is_neither_printed_nor_kept_and_counts_at_the_first_start_only()
    {
        await using (var harbor = await HarborProcess.StartAsync(With("First12345")))
        {
            Assert.Equal(HttpStatusCode.OK, await SignInAsync(harbor, "First12345"));
            Assert.DoesNotContain(harbor.Output, line => line.Contains("First12345", StringComparison.Ordinal));
            Assert.False(File.Exists(folder["data/admin-password"]));
            await harbor.StopAsync();
        }

        await using var again = await HarborProcess.StartAsync(With("Second12345"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(again, "Second12345"));
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(again, "First12345"));
    }

    [Fact]
    public async Task Two_installations_get_two_passwords()
    {
        await using var one = await HarborProcess.StartAsync(Options);
        await using var other = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["other"] });

        Assert.NotEqual(await File.ReadAllTextAsync(folder["data/admin-password"]), await File.ReadAllTextAsync(folder["other/admin-password"]));
    }

    [Fact]
    public async Task Replicas_that_start_at_once_with_folders_of_their_own_leave_one_password_and_it_is_the_right_one()
    {
        await using var database = await TestDatabase.CreateAsync(empty: true);
        var key = new Dictionary<string, string> { ["HARBOR_SECRET_KEY"] = new string('k', 32) };
        var both = await Task.WhenAll(((string[])["one", "two"]).Select(name =>
            HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder[name], Database = database.ConnectionString, Environment = key })));

        var kept = Assert.Single((string[])["one/admin-password", "two/admin-password"], name => File.Exists(folder[name]));
        foreach (var harbor in both)
        {
            Assert.Equal(HttpStatusCode.OK, await SignInAsync(harbor, (await File.ReadAllTextAsync(folder[kept])).Trim()));
            await harbor.DisposeAsync();
        }
    }

    public void Dispose() => folder.Dispose();

    private HarborProcessOptions With(string password) =>
        new() { DataDirectory = folder["data"], Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = password } };

    private static async Task<HttpStatusCode> SignInAsync(HarborProcess harbor, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2.0/users/current");
        request.Headers.Authorization = TestHarbor.Basic("admin", password);
        using var response = await harbor.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
