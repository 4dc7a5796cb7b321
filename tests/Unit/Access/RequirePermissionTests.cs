using System.Net;
using Harbor.Modules.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Harbor.Unit.Access;

public sealed class RequirePermissionTests : IAsyncLifetime
{
    private const string Admin = "1 admin admin";
    private const string Developer = "7 dev";
    private const string Stranger = "8 stranger";

    private RunningApp app = null!;

    public async ValueTask InitializeAsync()
    {
        app = await RunningApp.StartAsync(routes =>
        {
            var api = routes.MapGroup("/api/v2.0");
            api.MapGet("/ping", (HttpContext http) => http.Security().Name + "Pong").AllowUnexamined();
            api.MapGet("/anyone", (SecurityContext who) => $"hello {who.Name}").AllowAnyone();
            api.MapGet("/signed-in", (SecurityContext who) => who.Name).RequireAuthenticated();
            api.MapGet("/users", () => "users").RequireSystem(Resource.User, AccessAction.List);
            api.MapGet("/projects/{project_name_or_id}/labels", (ProjectScope scope) => $"{scope.Id} {scope.Name} {scope.Security.Name}")
                .Require(Resource.Label, AccessAction.List);
            api.MapGet("/projects/{project_name_or_id}/robots", () => "robots").Require(Resource.Robot, AccessAction.Create);
            api.MapGet("/projects/{project_name}/repositories", (ProjectScope scope) => scope.Name).Require(Resource.Repository, AccessAction.List);
            api.MapGet("/projects/{project_name_or_id}/scanner", () => "scanner").RequireAuthenticated().Require(Resource.Scanner, AccessAction.Read);
            api.MapGet("/forgot/{project_name_or_id}", (ProjectScope scope) => scope.Name).AllowAnyone();
        });
        app.Projects.Add(1, "library", isPublic: true);
        app.Projects.Add(2, "secret");
        app.Projects.Add(3, "77");
        app.Projects.Grant(7, 2, Role.Developer);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData(null, 401)]
    [InlineData(Stranger, 403)]
    [InlineData(Developer, 200)]
    [InlineData(Admin, 200)]
    public async Task A_private_project_answers_members_and_system_administrators_alone(string? user, int expected) =>
        Assert.Equal(expected, (int)(await app.GetAsync("/api/v2.0/projects/secret/labels", user)).Status);

    [Theory]
    [InlineData(null, 401)]
    [InlineData(Stranger, 403)]
    [InlineData(Developer, 403)]
    [InlineData(Admin, 200)]
    public async Task A_permission_the_role_lacks_is_refused(string? user, int expected) =>
        Assert.Equal(expected, (int)(await app.GetAsync("/api/v2.0/projects/secret/robots", user)).Status);

    [Theory]
    [InlineData(null, 401, "UNAUTHORIZED", "unauthorized")]
    [InlineData(Stranger, 403, "FORBIDDEN", "forbidden")]
    [InlineData(Admin, 404, "NOT_FOUND", "project nowhere not found")]
    public async Task A_missing_project_is_told_to_system_administrators_alone(string? user, int status, string code, string message)
    {
        var answer = await app.GetAsync("/api/v2.0/projects/nowhere/labels", user);

        Assert.Equal((status, code, message), ((int)answer.Status, answer.Code, answer.Message));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Stranger)]
    public async Task A_missing_and_a_closed_project_look_the_same(string? user)
    {
        var missing = await app.GetAsync("/api/v2.0/projects/nowhere/labels", user);
        var closed = await app.GetAsync("/api/v2.0/projects/secret/labels", user);

        Assert.Equal((missing.Status, missing.Body), (closed.Status, closed.Body));
    }

    [Fact]
    public async Task A_public_project_answers_everybody_what_the_public_policy_allows() =>
        Assert.Equal("1 library ", (await app.GetAsync("/api/v2.0/projects/library/labels")).Body);

    [Theory]
    [InlineData(null, 401)]
    [InlineData(Stranger, 200)]
    public async Task Two_requirements_must_both_hold(string? user, int expected) =>
        Assert.Equal(expected, (int)(await app.GetAsync("/api/v2.0/projects/library/scanner", user)).Status);

    [Theory]
    [InlineData("2", null, "2 secret admin")]
    [InlineData("secret", null, "2 secret admin")]
    [InlineData("77", "true", "3 77 admin")]
    [InlineData("77", "YES", "3 77 admin")]
    public async Task A_project_is_named_by_id_or_name_and_the_header_decides_for_numbers(string given, string? isName, string expected) =>
        Assert.Equal(expected, (await app.GetAsync($"/api/v2.0/projects/{given}/labels", Admin, isName is null ? [] : [("X-Is-Resource-Name", isName)])).Body);

    [Theory]
    [InlineData("77", null)]
    [InlineData("77", "false")]
    [InlineData("2", "true")]
    [InlineData("99999999999999999999999999", null)]
    [InlineData("-2", null)]
    public async Task A_number_without_its_project_is_not_found(string given, string? isName) =>
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"/api/v2.0/projects/{given}/labels", Admin, isName is null ? [] : [("X-Is-Resource-Name", isName)])).Status);

    [Fact]
    public async Task An_operation_that_takes_a_name_takes_no_id()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/api/v2.0/projects/2/repositories", Admin)).Status);
        Assert.Equal("77", (await app.GetAsync("/api/v2.0/projects/77/repositories", Admin)).Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Admin)]
    public async Task A_project_name_with_a_space_is_malformed(string? user)
    {
        var answer = await app.GetAsync("/api/v2.0/projects/a%20b/labels", user);

        Assert.Equal((HttpStatusCode.BadRequest, "BAD_REQUEST"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_system_permission_is_refused_with_the_callers_name()
    {
        var anonymous = await app.GetAsync("/api/v2.0/users");
        var refused = await app.GetAsync("/api/v2.0/users", Developer);

        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHORIZED", "unauthorized"), (anonymous.Status, anonymous.Code, anonymous.Message));
        Assert.Equal((HttpStatusCode.Forbidden, "FORBIDDEN", "dev"), (refused.Status, refused.Code, refused.Message));
        Assert.Equal("users", (await app.GetAsync("/api/v2.0/users", Admin)).Body);
    }

    [Fact]
    public async Task A_handler_receives_the_caller()
    {
        Assert.Equal("hello ", (await app.GetAsync("/api/v2.0/anyone")).Body);
        Assert.Equal("dev", (await app.GetAsync("/api/v2.0/signed-in", Developer)).Body);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/api/v2.0/signed-in")).Status);
    }

    [Fact]
    public async Task A_probe_is_answered_without_looking_at_credentials() =>
        Assert.Equal("Pong", (await app.GetAsync("/api/v2.0/ping", Developer)).Body);

    [Fact]
    public async Task A_handler_gets_no_project_that_its_route_did_not_authorize() =>
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.GetAsync("/api/v2.0/forgot/library", Admin)).Status);

    [Theory]
    [InlineData("/api/v2.0/things")]
    [InlineData("api/v2.0/things/{id}")]
    [InlineData("/c/things")]
    [InlineData("/service/things")]
    public async Task A_server_with_an_endpoint_that_says_nothing_refuses_to_start(string route)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApp.StartAsync(routes =>
        {
            routes.MapGet("/api/v2.0/guarded", () => "").AllowAnyone();
            routes.MapGet(route, () => "");
            routes.CheckThatEveryEndpointIsGuarded();
        }));

        Assert.Contains(route.TrimStart('/'), refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guarded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_endpoints_all_say_who_may_call_them_starts()
    {
        await using var guarded = await RunningApp.StartAsync(routes =>
        {
            routes.MapGet("/api/v2.0/guarded", () => "").RequireSystem(Resource.User, AccessAction.List);
            routes.MapGroup("/api/v2.0/group").AllowAnyone().MapGet("/member", () => "");
            routes.MapGet("/portal", () => "");
            routes.CheckThatEveryEndpointIsGuarded();
        });

        Assert.Equal(HttpStatusCode.OK, (await guarded.GetAsync("/portal")).Status);
    }
}
