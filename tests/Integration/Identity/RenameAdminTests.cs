using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>The built-in administrator may give his name away.</summary>
public sealed class RenameAdminTests : IAsyncLifetime
{
    private const string Path = "/api/internal/renameadmin";
    private const string NewName = "admin@harbor.local";

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task He_signs_in_by_his_new_name_and_the_old_one_is_free()
    {
        using var browser = new Browser(harbor);
        await browser.SignInAsync("admin", TestHarbor.AdminPassword);

        Assert.Equal("200", await harbor.Admin.PostAsync(Path, null).ToldAsync());

        Assert.StartsWith("401", await harbor.Admin.GetAsync("/api/v2.0/users/current").ToldAsync(), StringComparison.Ordinal);
        var admin = harbor.ClientAs(NewName, TestHarbor.AdminPassword);
        Assert.Equal(NewName, (await admin.JsonAsync("/api/v2.0/users/current")).GetProperty("username").GetString());
        using var session = await browser.GetAsync("/api/v2.0/users/current");
        Assert.Contains(NewName, await session.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("200", await admin.PostAsync(Path, null).ToldAsync());
        Assert.Equal(1L, await harbor.Database.QueryAsync($"SELECT count(*) FROM harbor_user WHERE username = '{NewName}'"));
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM harbor_user WHERE username = 'admin'"));
    }

    [Fact]
    public async Task Nobody_else_can_not_even_another_administrator()
    {
        var id = await harbor.UserAsync("second");
        await harbor.Database.QueryAsync($"UPDATE harbor_user SET sysadmin = true WHERE id = {id}");

        Assert.Equal("403 FORBIDDEN second", await harbor.ClientAs("second", People.Password).PostAsync(Path, null).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Anonymous.PostAsync(Path, null).ToldAsync());
        Assert.Equal("405", (await harbor.Admin.GetAsync(Path).ToldAsync())[..3]);
    }

    [Fact]
    public async Task A_name_that_somebody_has_is_not_taken_from_him()
    {
        var id = await harbor.UserAsync("second");
        await harbor.Database.QueryAsync($"UPDATE harbor_user SET username = '{NewName}' WHERE id = {id}");

        Assert.StartsWith("409 CONFLICT", await harbor.Admin.PostAsync(Path, null).ToldAsync(), StringComparison.Ordinal);
    }
}
