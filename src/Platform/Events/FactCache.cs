using System.Collections.Concurrent;

namespace Harbor.Platform.Events;

/// <summary>Facts that others may change, kept in memory while the <see cref="ChangeFeed"/> is current.</summary>
/// <typeparam name="TValue">An immutable fact. Absence is not kept: a new name needs no notification.</typeparam>
/// <remarks>
/// Keys are the feed's keys, such as <c>tag:library/web:v1</c>. A fill that began before its key was evicted is thrown away.
/// When full, everything is forgotten: simple, and rare at the sizes chosen. What alone would fill a sixteenth is not kept.
/// </remarks>
public sealed class FactCache<TValue>
    where TValue : class
{
    private const int Stripes = 256;

    private readonly ChangeFeed feed;
    private readonly long capacity;
    private readonly Func<TValue, int> weigh;
    private readonly ConcurrentDictionary<string, TValue> facts = new(StringComparer.Ordinal);
    private readonly long[] evictions = new long[Stripes];
    private long weight;

    /// <param name="keyPrefix">Only keys with this prefix are looked at, such as <c>tag:</c>.</param>
    /// <param name="capacity">Total weight to keep.</param>
    /// <param name="weigh">Weight of a fact; null counts facts.</param>
    public FactCache(ChangeFeed feed, string keyPrefix, long capacity, Func<TValue, int>? weigh = null)
    {
        this.feed = feed;
        this.capacity = capacity;
        this.weigh = weigh ?? (_ => 1);
        feed.Subscribe(key =>
        {
            if (key.StartsWith(keyPrefix, StringComparison.Ordinal))
            {
                Evict(key);
            }
        }, Clear);
    }

    /// <summary>The fact, from memory if that may be trusted, else from <paramref name="load"/>; null when there is none.</summary>
    public async ValueTask<TValue?> GetAsync<TState>(string key, TState state, Func<TState, CancellationToken, Task<TValue?>> load, CancellationToken ct)
    {
        var current = feed.IsCurrent;
        if (current && facts.TryGetValue(key, out var known))
        {
            return known;
        }

        var stripe = Stripe(key);
        var before = Interlocked.Read(ref evictions[stripe]);
        var loaded = await load(state, ct);
        if (loaded is not null && current)
        {
            Keep(key, loaded, stripe, before);
        }

        return loaded;
    }

    /// <summary>The facts of several things, in their order: from memory if that may be trusted, the others by one <paramref name="load"/>.</summary>
    /// <param name="key">Names a thing's fact.</param>
    /// <param name="load">Answers the facts of the things it is given, in their order; null where there is none.</param>
    public async ValueTask<TValue?[]> GetAllAsync<TThing>(
        IReadOnlyList<TThing> things, Func<TThing, string> key, Func<IReadOnlyList<TThing>, CancellationToken, Task<IReadOnlyList<TValue?>>> load, CancellationToken ct)
    {
        var current = feed.IsCurrent;
        var found = new TValue?[things.Count];
        var missing = new List<(int At, string Key, int Stripe, long Before)>();
        for (var at = 0; at < found.Length; at++)
        {
            var name = key(things[at]);
            if (!current || !facts.TryGetValue(name, out found[at]))
            {
                missing.Add((at, name, Stripe(name), Interlocked.Read(ref evictions[Stripe(name)])));
            }
        }

        if (missing.Count > 0)
        {
            var loaded = await load([.. missing.Select(each => things[each.At])], ct);
            foreach (var ((at, name, stripe, before), fact) in missing.Zip(loaded))
            {
                found[at] = fact;
                if (fact is not null && current)
                {
                    Keep(name, fact, stripe, before);
                }
            }
        }

        return found;
    }

    public void Evict(string key)
    {
        Interlocked.Increment(ref evictions[Stripe(key)]);
        if (facts.TryRemove(key, out var removed))
        {
            Interlocked.Add(ref weight, -weigh(removed));
        }
    }

    public void Clear()
    {
        for (var stripe = 0; stripe < Stripes; stripe++)
        {
            Interlocked.Increment(ref evictions[stripe]);
        }

        facts.Clear();
        Interlocked.Exchange(ref weight, 0);
    }

    private void Keep(string key, TValue loaded, int stripe, long before)
    {
        var itsWeight = weigh(loaded);
        if (itsWeight > Math.Max(1, capacity / 16))
        {
            return;
        }

        if (Interlocked.Read(ref weight) + itsWeight > capacity)
        {
            facts.Clear();
            Interlocked.Exchange(ref weight, 0);
        }

        if (facts.TryAdd(key, loaded))
        {
            Interlocked.Add(ref weight, itsWeight);
        }

        // Looked at after the write: an eviction between the two has either seen the fact and removed it, or is seen here.
        if (Interlocked.Read(ref evictions[stripe]) != before && facts.TryRemove(new KeyValuePair<string, TValue>(key, loaded)))
        {
            Interlocked.Add(ref weight, -itsWeight);
        }
    }

    private static int Stripe(string key) => (int)((uint)string.GetHashCode(key, StringComparison.Ordinal) % Stripes);
}
