using System.Globalization;

namespace Harbor.Load.Measure;

/// <summary>The processes of the server under test.</summary>
/// <param name="roots">Their ids.</param>
/// <param name="withDescendants">Whether all their descendants count too, such as the PostgreSQL that a server runs.</param>
internal sealed class ProcessWatch(IReadOnlyList<int> roots, bool withDescendants)
{
    public bool IsEmpty => roots.Count == 0;

    public ProcessUsage Read() =>
        Ids().Select(ProcessUsage.Read).Aggregate(default(ProcessUsage), (sum, each) => each is { } usage ? sum + usage : sum);

    /// <summary>Lets the peaks start anew. Without the right to do so they stay what they are: since the start of each process.</summary>
    public void ForgetPeaks()
    {
        foreach (var pid in Ids())
        {
            try
            {
                File.WriteAllText($"/proc/{pid}/clear_refs", "5");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or another user's.
            }
        }
    }

    private HashSet<int> Ids()
    {
        var ids = roots.ToHashSet();
        if (!withDescendants)
        {
            return ids;
        }

        var parents = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .ToDictionary(pid => pid, ProcessUsage.ParentOf);
        while (parents.Any(each => each.Value is { } parent && ids.Contains(parent) && ids.Add(each.Key)))
        {
            // Each round finds one more descendant.
        }

        return ids;
    }
}
