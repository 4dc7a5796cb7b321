using Harbor.Storage.FileSystem;
using Microsoft.Win32.SafeHandles;

namespace Harbor.Integration.Content.Durability;

/// <summary>What a cut of the power makes of that which was never synced. A kernel may do any of it.</summary>
public enum Unsynced
{
    /// <summary>Names and bytes are gone; of a rename, the old side is left.</summary>
    Gone,

    /// <summary>Names are gone, half of the bytes are there.</summary>
    Halved,

    /// <summary>Names are there, and of a rename the new side; the bytes are zeros.</summary>
    Zeroed,
}

/// <summary>Remembers what was synced below a directory, and can make a copy of it that has that and nothing else for certain.</summary>
/// <param name="top">The directory that is known to be durable itself.</param>
/// <param name="skips">Syncs that are left out, by path; null: none.</param>
internal sealed class FadingFiles(string top, Func<string, bool>? skips = null) : PosixFiles
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Node> current = new(StringComparer.Ordinal);

    // The names in each directory when it was synced last. A name without a node is a directory.
    private readonly Dictionary<string, Dictionary<string, Node?>> durable = new(StringComparer.Ordinal);

    /// <summary>How many syncs were left out.</summary>
    public int Skipped { get; private set; }

    public override SafeFileHandle OpenForWriting(string path)
    {
        lock (gate)
        {
            current.TryAdd(path, new Node());
            return base.OpenForWriting(path);
        }
    }

    public override void Sync(SafeFileHandle file, string path)
    {
        lock (gate)
        {
            if (!Skip(path) && current.TryGetValue(path, out var node))
            {
                node.Synced = File.ReadAllBytes(path);
            }
        }
    }

    public override void Rename(string from, string to)
    {
        lock (gate)
        {
            base.Rename(from, to);
            current[to] = current[from];
            current.Remove(from);
        }
    }

    public override void Delete(string path)
    {
        lock (gate)
        {
            base.Delete(path);
            current.Remove(path);
        }
    }

    public override void SyncDirectory(string path)
    {
        lock (gate)
        {
            if (!Skip(path))
            {
                durable[path] = Names(path);
            }
        }
    }

    /// <summary>Makes at <paramref name="to"/> what is left of the directory after the power was cut now.</summary>
    public void LosePower(string to, Unsynced unsynced)
    {
        lock (gate)
        {
            Restore(top, to, unsynced);
        }
    }

    private void Restore(string from, string to, Unsynced unsynced)
    {
        var names = durable.TryGetValue(from, out var synced) ? new Dictionary<string, Node?>(synced, StringComparer.Ordinal) : new(StringComparer.Ordinal);
        if (unsynced == Unsynced.Zeroed && Directory.Exists(from))
        {
            foreach (var (name, node) in Names(from))
            {
                names[name] = node;
            }
        }

        foreach (var (name, node) in names)
        {
            if (node is null)
            {
                Restore(Path.Combine(from, name), Path.Combine(to, name), unsynced);
            }
            else
            {
                Directory.CreateDirectory(to);   // those that are empty are of no interest
                File.WriteAllBytes(Path.Combine(to, name), Left(node, LengthOf(node), unsynced));
            }
        }
    }

    private Dictionary<string, Node?> Names(string path)
    {
        var names = new Dictionary<string, Node?>(StringComparer.Ordinal);
        foreach (var directory in Directory.EnumerateDirectories(path))
        {
            names[Path.GetFileName(directory)] = null;
        }

        foreach (var (file, node) in current)
        {
            if (Path.GetDirectoryName(file) == path)
            {
                names[Path.GetFileName(file)] = node;
            }
        }

        return names;
    }

    private long LengthOf(Node node)
    {
        var path = current.FirstOrDefault(file => file.Value == node).Key;
        return path is null ? node.Synced.Length : new FileInfo(path).Length;
    }

    // What was synced is there for certain; bytes that came after it may be anything.
    private static byte[] Left(Node node, long length, Unsynced unsynced)
    {
        var left = node.Synced;
        var after = unsynced switch
        {
            Unsynced.Gone => 0,
            Unsynced.Halved => (length - left.Length) / 2,
            _ => length - left.Length,
        };
        return after <= 0 ? left : [.. left, .. new byte[after]];
    }

    private bool Skip(string path)
    {
        var skipped = skips?.Invoke(path) == true;
        Skipped += skipped ? 1 : 0;
        return skipped;
    }

    private sealed class Node
    {
        public byte[] Synced { get; set; } = [];
    }
}
