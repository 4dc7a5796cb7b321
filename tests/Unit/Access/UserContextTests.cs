using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Unit.Access;

public sealed class UserContextTests
{
    private readonly FakeProjectDirectory projects = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rights_are_those_of_the_user_and_of_each_of_his_groups_together()
    {
        var (own, shared, foreign) = (projects.Add(1, "own"), projects.Add(2, "shared"), projects.Add(3, "foreign"));
        projects.Grant(7, 1, Role.Guest);
        projects.GrantGroup(20, 1, Role.Developer);
        projects.GrantGroup(21, 2, Role.ProjectAdmin);
        projects.GrantGroup(22, 3, Role.ProjectAdmin);
        var ann = new UserContext(7, "ann", isSystemAdmin: false, projects) { Groups = [20, 21] };
        var bob = new UserContext(7, "bob", isSystemAdmin: false, projects);

        Assert.True(await ann.CanAsync(own, Resource.Repository, AccessAction.Push, Ct));
        Assert.True(await ann.CanAsync(shared, Resource.Member, AccessAction.Create, Ct));
        Assert.False(await ann.CanAsync(foreign, Resource.Repository, AccessAction.Pull, Ct));
        Assert.Equal([1, 2], (await ann.RolesAsync(Ct)).Keys.Order());
        Assert.Equal([Role.Developer, Role.Guest], (await ann.RolesAsync(Ct))[1].Order());

        Assert.False(await bob.CanAsync(own, Resource.Repository, AccessAction.Push, Ct));
        Assert.False(await bob.CanAsync(shared, Resource.Repository, AccessAction.Pull, Ct));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void An_administrator_is_one_by_his_row_or_by_his_sign_in(bool byRow, bool bySignIn, bool expected)
    {
        var user = new UserContext(7, "ann", byRow, projects) { AdminBySignIn = bySignIn };

        Assert.Equal((expected, expected, bySignIn), (user.IsSystemAdmin, user.Can(Resource.User, AccessAction.List), user.IsAdminBySignIn));
        Assert.False(user.Can(Resource.Repository, AccessAction.ScannerPull));
    }
}
