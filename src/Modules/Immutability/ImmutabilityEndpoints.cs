using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Immutability;

/// <summary>Tag immutability rules of one project. Harbor API tag <c>immutable</c>.</summary>
internal static class ImmutabilityEndpoints
{
    private static readonly ApiParameter NameHeader = new("X-Is-Resource-Name", "header", "boolean", Default: false);

    public static void MapRules(this RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/projects/{project_name_or_id}/immutabletagrules").WithTags("immutable").WithMetadata(NameHeader);
        rules.MapGet("/", List).WithName("ListImmuRules").Require(Resource.ImmutableTag, AccessAction.List);
        rules.MapPost("/", Create).WithName("CreateImmuRule").Require(Resource.ImmutableTag, AccessAction.Create);
        rules.MapPut("/{immutable_rule_id}", Update).WithName("UpdateImmuRule").Require(Resource.ImmutableTag, AccessAction.Update);
        rules.MapDelete("/{immutable_rule_id}", Delete).WithName("DeleteImmuRule").Require(Resource.ImmutableTag, AccessAction.Delete);
    }

    // The order is always that of the ids, whatever is asked for: Harbor sorts so.
    private static async Task<PageResult<ImmutableRuleDto>> List(
        ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, RuleChanges rules, CancellationToken ct) =>
        new(page, await rules.ListAsync(project, q, page, ct));

    private static async Task<CreatedAnswer> Create(
        ProjectScope project, JsonBody<ImmutableRuleDto> ImmutableRule, RuleChanges rules, CancellationToken ct) =>
        new($"{await rules.AddAsync(project, ImmutableRule.Value, ct)}");

    private static async Task<Ok> Update(
        ProjectScope project, RulePath path, JsonBody<ImmutableRuleDto> ImmutableRule, RuleChanges rules, CancellationToken ct)
    {
        if (ImmutableRule.Value.Id != path.Id)
        {
            throw ImmutabilityErrors.WrongId(path.Id, ImmutableRule.Value.Id);
        }

        await rules.UpdateAsync(project, path.Id, ImmutableRule.Value, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(ProjectScope project, RulePath path, RuleChanges rules, CancellationToken ct)
    {
        await rules.DeleteAsync(project, path.Id, ct);
        return TypedResults.Ok();
    }
}
