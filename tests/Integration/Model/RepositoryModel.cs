using Harbor.Integration.Content;
using Harbor.Oci;

namespace Harbor.Integration.Model;

/// <summary>What a repository must show, kept in the simplest way there is: sets of artifacts and tags, and what each deletion took.</summary>
internal sealed class RepositoryModel
{
    private readonly Dictionary<Digest, Entry> artifacts = [];
    private readonly Dictionary<string, Digest> tags = new(StringComparer.Ordinal);
    private readonly List<Taken> deletions = [];

    /// <summary>An artifact that was ever pushed here.</summary>
    /// <param name="Children">Manifests that it names, when it is an index.</param>
    /// <param name="Subject">What it belongs to, when it is a signature.</param>
    /// <param name="Blobs">Bytes of what it names.</param>
    public sealed record Entry(TestManifest Manifest, IReadOnlyList<byte[]> Blobs, IReadOnlyList<Digest> Children, Digest? Subject)
    {
        /// <summary>What hid it; null: visible.</summary>
        public Taken? HiddenBy { get; set; }
    }

    /// <summary>One act of deleting.</summary>
    public sealed class Taken
    {
        /// <summary>Its id in the database, as soon as it is known.</summary>
        public long Id { get; set; }

        public bool IsTag { get; init; }

        /// <summary>When it began at the earliest, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
        public long Since { get; init; }

        public List<(string Name, Digest Artifact)> Tags { get; } = [];
    }

    public IReadOnlyList<Taken> Deletions => deletions;

    public IEnumerable<KeyValuePair<string, Digest>> Tags => tags;

    public IEnumerable<Entry> Visible => artifacts.Values.Where(each => each.HiddenBy is null);

    public bool Shows(Digest digest) => artifacts.TryGetValue(digest, out var entry) && entry.HiddenBy is null;

    public Entry this[Digest digest] => artifacts[digest];

    public bool HasTag(string name) => tags.ContainsKey(name);

    public RepositoryModel Clone()
    {
        var copy = new RepositoryModel();
        var taken = deletions.ToDictionary(each => each, each =>
        {
            var same = new Taken { Id = each.Id, IsTag = each.IsTag, Since = each.Since };
            same.Tags.AddRange(each.Tags);
            return same;
        });
        copy.deletions.AddRange(deletions.Select(each => taken[each]));
        foreach (var (digest, entry) in artifacts)
        {
            // One whose deletion is forgotten stays hidden, by nothing that could be taken back.
            copy.artifacts[digest] = entry with { HiddenBy = entry.HiddenBy is null ? null : taken.GetValueOrDefault(entry.HiddenBy, Forgotten) };
        }

        foreach (var (name, digest) in tags)
        {
            copy.tags[name] = digest;
        }

        return copy;
    }

    public void Push(Entry entry, string? tag)
    {
        var known = artifacts.GetValueOrDefault(entry.Manifest.Digest, entry with { HiddenBy = null });
        known.HiddenBy = null;
        artifacts[entry.Manifest.Digest] = known;
        if (tag is not null)
        {
            tags[tag] = entry.Manifest.Digest;
        }
    }

    public void Tag(Digest digest, string tag) => tags[tag] = digest;

    public Taken Untag(string tag, long since)
    {
        var taken = new Taken { IsTag = true, Since = since };
        taken.Tags.Add((tag, tags[tag]));
        tags.Remove(tag);
        deletions.Add(taken);
        return taken;
    }

    public bool HasVisibleParent(Digest digest) => Visible.Any(each => each.Children.Contains(digest));

    public Taken Delete(Digest root, long since)
    {
        HashSet<Digest> dropped = [root];
        int before;
        do
        {
            before = dropped.Count;
            foreach (var each in Visible)
            {
                var digest = each.Manifest.Digest;
                var isChild = dropped.Any(parent => artifacts[parent].Children.Contains(digest));
                var isKept = tags.ContainsValue(digest) || Visible.Any(parent => !dropped.Contains(parent.Manifest.Digest) && parent.Children.Contains(digest));
                if ((each.Subject is { } subject && dropped.Contains(subject)) || (isChild && !isKept))
                {
                    dropped.Add(digest);
                }
            }
        }
        while (dropped.Count > before);

        return Hide(dropped, since);
    }

    public Taken DeleteAll(long since) => Hide([.. Visible.Select(each => each.Manifest.Digest)], since);

    /// <summary>Whether a tag of that deletion names what is hidden, and stays so.</summary>
    public bool IsStuck(Taken deletion) => deletion.IsTag && deletion.Tags.Any(tag => !Shows(tag.Artifact));

    public void Restore(Taken deletion)
    {
        var wanted = new Queue<Digest>(deletion.IsTag ? [] : artifacts.Values.Where(each => each.HiddenBy == deletion).Select(each => each.Manifest.Digest)
            .Concat(deletion.Tags.Select(tag => tag.Artifact)));
        while (wanted.TryDequeue(out var digest))
        {
            if (artifacts[digest].HiddenBy is null)
            {
                continue;
            }

            artifacts[digest].HiddenBy = null;
            artifacts[digest].Children.Where(child => !Shows(child)).ToList().ForEach(wanted.Enqueue);
        }

        foreach (var (name, artifact) in deletion.Tags)
        {
            tags.TryAdd(name, artifact);
        }

        deletions.Remove(deletion);
    }

    /// <summary>The collector has freed it.</summary>
    public void Forget(Taken deletion)
    {
        deletions.Remove(deletion);
        foreach (var each in artifacts.Values.Where(each => each.HiddenBy == deletion))
        {
            each.HiddenBy = Forgotten;
        }
    }

    /// <summary>Takes over an artifact of another repository with what belongs to it, as a copy does.</summary>
    public void Copy(RepositoryModel source, Digest root)
    {
        var isNew = !Shows(root);
        var entry = source[root];
        Push(entry with { HiddenBy = null }, null);
        foreach (var (name, _) in source.tags.Where(tag => tag.Value == root))
        {
            tags[name] = root;
        }

        if (isNew)
        {
            foreach (var below in entry.Children.Concat(source.Visible.Where(each => each.Subject == root).Select(each => each.Manifest.Digest)))
            {
                Copy(source, below);
            }
        }
    }

    /// <summary>In words, for comparing: the visible digests and the tags.</summary>
    public string Describe() => Describe(Visible.Select(each => each.Manifest.Digest.Hex), tags.Select(tag => (tag.Key, tag.Value.Hex)));

    public static string Describe(IEnumerable<string> visible, IEnumerable<(string Name, string Hex)> tags) =>
        string.Join(' ', visible.Select(hex => hex[..8]).Order(StringComparer.Ordinal)) + " | "
        + string.Join(' ', tags.Select(tag => $"{tag.Name}={tag.Hex[..8]}").Order(StringComparer.Ordinal));

    private static Taken Forgotten { get; } = new();

    private Taken Hide(HashSet<Digest> dropped, long since)
    {
        var taken = new Taken { Since = since };
        foreach (var digest in dropped)
        {
            artifacts[digest].HiddenBy = taken;
        }

        foreach (var (name, digest) in tags.Where(tag => dropped.Contains(tag.Value)).ToList())
        {
            tags.Remove(name);
            taken.Tags.Add((name, digest));
        }

        deletions.Add(taken);
        return taken;
    }
}
