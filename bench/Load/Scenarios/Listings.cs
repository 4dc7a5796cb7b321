using System.Globalization;
using Harbor.Load.Http;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>Lists of the management API, on a server that <c>seed</c> has filled.</summary>
internal static class Listings
{
    private const string Base = "/api/v2.0";
    private const int Places = 100;
    private const int ScalePlaces = 90;
    private const string AllFlags =
        "with_tag=true&with_label=true&with_accessory=true&with_inherited_accessory=true&with_immutable_status=true&with_scan_overview=true&with_sbom_overview=true";

    public static IReadOnlyList<PreparedRequest> Projects(Target target) => Prepare(
        target, Enumerable.Range(1, 5).Select(page => Path($"/projects?page={page}&page_size=15")));

    public static IReadOnlyList<PreparedRequest> Repositories(Target target) => Prepare(
        target, Enumerable.Range(0, Places).Select(place => Path($"/projects/seed-{place:D3}/repositories?page={1 + (place % 6)}&page_size=15")));

    public static IReadOnlyList<PreparedRequest> Artifacts(Target target) => Prepare(
        target, Enumerable.Range(0, Places).Select(place => Path($"/projects/seed-{place:D3}/repositories/repo-{place * 37 % Places:D3}/artifacts?page_size=15&with_tag=true")));

    public static IReadOnlyList<PreparedRequest> ArtifactsAtScale(Target target) => Prepare(
        target, Enumerable.Range(0, ScalePlaces).Select(place => Path($"/projects/scale-{place:D3}/repositories/repo-{place * 37 % Places:D3}/artifacts?page_size=15&{AllFlags}")));

    public static IReadOnlyList<PreparedRequest> ArtifactsOfBig(Target target) => Prepare(
        target, Enumerable.Range(1, Places).Select(page => Path($"/projects/scale-big/repositories/one/artifacts?page={page}&page_size=15&{AllFlags}")));

    public static IReadOnlyList<PreparedRequest> ArtifactsOfProject(Target target) => Prepare(
        target, Enumerable.Range(0, ScalePlaces).Select(place => Path($"/projects/scale-{place:D3}/artifacts?page={1 + (place % 10)}&page_size=15&{AllFlags}")));

    public static IReadOnlyList<PreparedRequest> Audit(Target target) => Prepare(
        target, Enumerable.Range(1, Places).Select(page => Path($"/auditlog-exts?page={page}&page_size=15")));

    public static IReadOnlyList<PreparedRequest> AuditOfProject(Target target) => Prepare(
        target, Enumerable.Range(0, Places).Select(place => Path($"/projects/seed-{place:D3}/auditlog-exts?page={1 + (place % 10)}&page_size=15")));

    private static string Path(FormattableString path) => Base + path.ToString(CultureInfo.InvariantCulture);

    private static List<PreparedRequest> Prepare(Target target, IEnumerable<string> paths)
    {
        List<PreparedRequest> requests = [.. paths.Select(path => new PreparedRequest(target, "GET", path, Access.ByPassword))];

        // An empty page would be measured as a quick one.
        using var connection = target.Connect();
        foreach (var request in requests)
        {
            if (request.Send(connection).BodyBytes <= "[]\n".Length)
            {
                throw new HttpFailure("an empty page: run seed against this server's database first");
            }
        }

        return requests;
    }
}
