using FsCheck.Fluent;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Tokens;
using Harbor.Unit.Oci;
using Xunit;

namespace Harbor.Unit.Access.Tokens;

public sealed class TokenContextTests
{
    private static readonly DateTimeOffset Issued = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProjectInfo Library = new(1, "library", Public: false, Issued.AddDays(-1));
    private static readonly ProjectInfo Open = new(2, "open", Public: true, Issued.AddDays(-1));

    [Fact]
    public async Task A_token_allows_what_it_lists_in_the_whole_project_and_nothing_else()
    {
        var token = Token("ann", Repository("library/web", "pull", "push"));

        Assert.Equal("pull push", await AllowedAsync(token, Library));
        Assert.Equal("", await AllowedAsync(token, Open));
        Assert.False(await token.CanAsync(Library, Resource.Artifact, AccessAction.Read, Ct));
        Assert.False(token.Can(Resource.Catalog, AccessAction.Read));
        Assert.False(token.IsSystemAdmin);
        Assert.Null(token.UserId);
    }

    [Fact]
    public async Task A_star_means_pull_push_and_delete() => Assert.Equal("pull push delete", await AllowedAsync(Token("ann", Repository("library/web", "*")), Library));

    [Fact]
    public async Task Scanner_pull_must_be_named() =>
        Assert.Equal("pull scanner-pull", await AllowedAsync(Token("robot", Repository("library/web", "pull", "scanner-pull")), Library));

    [Fact]
    public async Task Of_several_entries_for_one_project_the_last_one_wins() =>
        Assert.Equal("pull", await AllowedAsync(Token("ann", Repository("library/web", "pull", "push", "delete"), Repository("library/api", "pull")), Library));

    [Fact]
    public async Task Entries_that_are_not_repositories_of_a_project_allow_nothing() => Assert.Equal("", await AllowedAsync(
        Token("ann", new TokenAccess("registry", "library/web", ["pull"]), Repository("library", "pull"), Repository("/library", "pull"), Repository("", "*")), Library));

    [Fact]
    public async Task Actions_nobody_knows_allow_nothing() => Assert.Equal("", await AllowedAsync(Token("ann", Repository("library/web", "read", "PULL", "")), Library));

    [Fact]
    public void A_token_without_a_subject_is_nobodys()
    {
        Assert.False(Token("").IsAuthenticated);
        Assert.Equal((true, "ann"), (Token("ann").IsAuthenticated, Token("ann").Name));
    }

    [Theory]
    [InlineData(-1, "pull push")]
    [InlineData(60, "pull push")]
    [InlineData(61, "")]
    [InlineData(3600, "")]
    public async Task A_token_from_before_the_project_was_made_says_nothing_about_it(int createdSecondsLater, string allowed) => Assert.Equal(
        allowed, await AllowedAsync(Token("ann", Repository("library/web", "pull", "push")), Library with { CreationTime = Issued.AddSeconds(createdSecondsLater) }));

    [Fact]
    public async Task Its_bearer_is_then_an_anonymous_caller() => Assert.Equal(
        "pull", await AllowedAsync(Token("ann", Repository("open/web", "pull", "push")), Open with { CreationTime = Issued.AddHours(1) }));

    [Theory]
    [InlineData("repository", "repository", "", "")]
    [InlineData("", "", "", "")]
    [InlineData("repository:library/web", "repository", "library/web", "")]
    [InlineData("repository:library/web:pull,push", "repository", "library/web", "pull push")]
    [InlineData("repository:host:5000/library/web:pull", "repository", "host:5000/library/web", "pull")]
    [InlineData("registry:catalog:*", "registry", "catalog", "*")]
    [InlineData("repository:library/web:", "repository", "library/web", "")]
    [InlineData("a:b:c:d:e", "a", "b:c:d", "e")]
    [InlineData(":::", "", ":", "")]
    public void A_scope_is_a_type_a_name_and_actions(string scope, string type, string name, string actions)
    {
        var read = TokenAccess.Parse(scope);

        Assert.Equal((type, name, actions), (read.Type, read.Name, string.Join(' ', read.Actions)));
    }

    [Fact]
    public void Any_scope_is_taken_apart_at_its_first_and_its_last_colon() =>
        HostileText.Check(Prop.ForAll(HostileText.UpTo(60), scope =>
        {
            var parts = scope.Split(':');
            var read = TokenAccess.Parse(scope);
            return read.Type == parts[0]
                && read.Name == (parts.Length > 2 ? string.Join(':', parts[1..^1]) : parts.ElementAtOrDefault(1) ?? "")
                && read.Actions.SequenceEqual(parts.Length > 2 ? parts[^1].Split(',').Where(action => action.Length > 0) : []);
        }));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static TokenContext Token(string subject, params TokenAccess[] access) => new(new TokenClaims(subject, Issued, Issued, Issued.AddMinutes(30), access));

    private static TokenAccess Repository(string name, params string[] actions) => new("repository", name, actions);

    private static async Task<string> AllowedAsync(SecurityContext caller, ProjectInfo project)
    {
        var allowed = new List<string>();
        foreach (var action in (AccessAction[])[AccessAction.Pull, AccessAction.Push, AccessAction.Delete, AccessAction.ScannerPull])
        {
            if (await caller.CanAsync(project, Resource.Repository, action, Ct))
            {
                allowed.Add(action.Text);
            }
        }

        return string.Join(' ', allowed);
    }
}
