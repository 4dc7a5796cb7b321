using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Immutability;

/// <summary>Rules to show by, from memory where that is safe. Nothing is refused by them: see <see cref="ImmutabilityRules.ReadAsync"/>.</summary>
public sealed class ImmutabilityDirectory(Database db, ChangeFeed feed)
{
    private const string Prefix = "immutability:";
    private const int MaxProjects = 10_000;

    private readonly FactCache<ImmutabilityRules> cache = new(feed, Prefix, MaxProjects);

    public async ValueTask<ImmutabilityRules> OfAsync(ProjectScope project, CancellationToken ct) =>
        (await cache.GetAsync(Key(project.Id), project.Id, LoadAsync, ct))!;

    internal static string Key(long projectId) => $"{Prefix}{projectId}";

    private async Task<ImmutabilityRules?> LoadAsync(long projectId, CancellationToken ct)
    {
        await using var command = db.Command(ImmutabilityRules.Select).With(projectId);
        return ImmutabilityRules.From(await command.ListAsync(row => row.GetString(0), ct));
    }
}
