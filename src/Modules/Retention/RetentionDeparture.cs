using Harbor.Modules.Access;
using Harbor.Modules.Projects;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Retention;

/// <summary>A policy goes with its project.</summary>
internal sealed class RetentionDeparture(Schedules schedules, Executions executions) : IProjectDeparture
{
    public async Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, ProjectScope project)
    {
        foreach (var id in await tx.ListAsync("DELETE FROM retention_policy WHERE project_id = $1 RETURNING id", row => row.GetInt64(0), project.Id))
        {
            await schedules.RemoveAsync(tx, RetentionPolicies.VendorType, id);
            try
            {
                await executions.DeleteAsync(tx, RetentionPolicies.VendorType, id);
            }
            catch (RegistryException e) when (e.Code == ErrorCode.Precondition)
            {
                // One runs just now. It will find no policy and end; its history is nobody's then, and does no harm.
            }
        }

        return [];
    }
}
