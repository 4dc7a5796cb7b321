using System.Collections.Frozen;
using R = Harbor.Modules.Access.Resource;

namespace Harbor.Modules.Access;

/// <summary>What each project role may do, and what everybody may do in a public project.</summary>
/// <remarks>
/// Harbor's table, one line per resource. C create, R read, U update, D delete, L list; other actions by their name.
/// Some gaps are Harbor's own and kept: nobody lists metadata, immutable tag rules have no read, a public project lists its
/// repositories but does not show one.
/// </remarks>
public static class RolePolicies
{
    private static readonly Row[] Table =
    [
        //  resource               projectAdmin            maintainer              developer             guest        limitedGuest  public
        new(R.Self,                "R U D",                "R",                    "R",                  "R",         "R",          "R"),
        new(R.Member,              "C R U D L",            "R L",                  "R L",                "R L",       "",           ""),
        new(R.Metadata,            "C R U D",              "R",                    "",                   "",          "",           ""),
        new(R.Log,                 "L",                    "",                     "",                   "",          "",           ""),
        new(R.Label,               "C R U D L",            "C R U D L",            "R L",                "R L",       "",           "R L"),
        new(R.Quota,               "R",                    "R",                    "R",                  "R",         "R",          ""),
        new(R.Repository,          "C R U D L pull push",  "C R U D L pull push",  "C R U L pull push",  "R L pull",  "R L pull",   "L pull"),
        new(R.Artifact,            "C R D L",              "C R D L",              "C R L",              "R L",       "R L",        "R L"),
        new(R.ArtifactAddition,    "R",                    "R",                    "R",                  "R",         "R",          "R"),
        new(R.ArtifactLabel,       "C D",                  "C D",                  "C D",                "",          "",           ""),
        new(R.Tag,                 "C D L",                "C D L",                "C L",                "L",         "L",          "L"),
        new(R.Accessory,           "L",                    "L",                    "L",                  "L",         "L",          "L"),
        new(R.Scan,                "C R stop",             "C R stop",             "R",                  "R",         "R",          "R"),
        new(R.Sbom,                "C R stop",             "C R stop",             "R",                  "R",         "R",          ""),
        new(R.Scanner,             "C R",                  "R",                    "R",                  "R",         "R",          "R"),
        new(R.ExportCve,           "C R L",                "C R L",                "C R L",              "",          "",           ""),
        new(R.Robot,               "C R U D L",            "R L",                  "R L",                "R L",       "",           ""),
        new(R.NotificationPolicy,  "C R U D L",            "R L",                  "",                   "",          "",           ""),
        new(R.TagRetention,        "C R U D L operate",    "C R U D L operate",    "C R U D L operate",  "",          "",           ""),
        new(R.ImmutableTag,        "C U D L",              "C U D L",              "",                   "",          "",           ""),
        new(R.PreheatPolicy,       "C R U D L",            "",                     "",                   "",          "",           ""),
        new(R.Configuration,       "R U",                  "R",                    "R",                  "R",         "R",          ""),
    ];

    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> ByRole = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.ProjectAdmin] = Column(row => row.ProjectAdmin),
        [Role.Maintainer] = Column(row => row.Maintainer),
        [Role.Developer] = Column(row => row.Developer),
        [Role.Guest] = Column(row => row.Guest),
        [Role.LimitedGuest] = Column(row => row.LimitedGuest),
    }.ToFrozenDictionary();

    /// <summary>What anyone, signed in or not, may do in a public project.</summary>
    public static FrozenSet<Permission> Public { get; } = Column(row => row.Public);

    /// <summary>Every permission that some role has in its project.</summary>
    public static FrozenSet<Permission> All { get; } = ByRole.Values.SelectMany(permissions => permissions).ToFrozenSet();

    /// <summary>Permissions of a role; none for a number that names no role.</summary>
    public static FrozenSet<Permission> Of(Role role) => ByRole.GetValueOrDefault(role, FrozenSet<Permission>.Empty);

    public static bool Allows(Role role, Resource resource, AccessAction action) => Of(role).Contains(new Permission(resource, action));

    public static bool AllowsEverybody(Resource resource, AccessAction action) => Public.Contains(new Permission(resource, action));

    private static FrozenSet<Permission> Column(Func<Row, string> cell) =>
        Table.SelectMany(row => Permission.Parse(row.Resource, cell(row))).ToFrozenSet();

    private sealed record Row(
        Resource Resource, string ProjectAdmin, string Maintainer, string Developer, string Guest, string LimitedGuest, string Public);
}
