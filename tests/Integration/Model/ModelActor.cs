using System.Diagnostics;
using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Copying;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Model;

/// <summary>Does at random what clients do, in a project of its own, and holds the registry to the model after every step.</summary>
/// <remarks>All actors push from one small stock of images, so they share blobs; what they show is their own.</remarks>
internal sealed class ModelActor(ModelWorld world, int seed)
{
    private const int Layers = 24;
    private const int Images = 40;
    private const int Names = 4;

    private static readonly string[] Places = ["one", "two"];

    private readonly Random dice = new(seed);
    private readonly string project = $"actor-{seed}";
    private readonly Dictionary<string, RepositoryModel> models = Places.ToDictionary(place => place, _ => new RepositoryModel());
    private readonly Dictionary<string, RepositoryScope> scopes = [];
    private readonly List<string> story = [];

    /// <summary>A step: what it does, and how the model looks when it is done, unless it is refused.</summary>
    private sealed record Step(string Name, Func<ContentHost, Task> Act, string Place, RepositoryModel After)
    {
        /// <summary>The refusal that must come.</summary>
        public string? Refusal { get; init; }

        /// <summary>A refusal that may come, when the collector was first, and how the model looks then.</summary>
        public (string Code, Func<bool> IsFair, Action Then)? Lost { get; init; }

        /// <summary>The deletion that it makes.</summary>
        public RepositoryModel.Taken? Deletion { get; init; }

        /// <summary>The deletion that it takes back.</summary>
        public RepositoryModel.Taken? Restored { get; init; }
    }

    public async Task RunAsync(int steps)
    {
        await world.Home.ProjectAsync(project);
        foreach (var place in Places)
        {
            scopes[place] = await world.Home.RepositoryAsync($"{project}/{place}");
        }

        for (var step = 0; step < steps; step++)
        {
            await TakeAsync(Choose());
        }
    }

    /// <summary>Reads everything it must be able to read.</summary>
    public async Task CheckAllAsync()
    {
        foreach (var place in Places)
        {
            Assert.Equal(models[place].Describe(), await ObserveAsync(place));
            foreach (var entry in models[place].Visible)
            {
                await PullAsync(world.Home, place, entry);
            }
        }
    }

    private Step Choose()
    {
        while (true)
        {
            var place = Places[dice.Next(2)];
            var visible = models[place].Visible.ToList();
            var chosen = dice.Next(100) switch
            {
                < 34 => PushImage(place),
                < 40 => PushIndex(place, visible),
                < 45 => PushSignature(place, visible),
                < 52 => AddTag(place, visible),
                < 60 => DeleteTag(place),
                < 76 => Delete(place, visible),
                < 79 => DeleteRepository(place, visible),
                < 92 => Restore(place),
                _ => Copy(place, visible),
            };
            if (chosen is not null)
            {
                return chosen;
            }
        }
    }

    private async Task TakeAsync(Step step)
    {
        var outcome = await OutcomeAsync(step);
        story.Add($"{step.Place}: {step.Name}: {outcome}");
        var seen = await ObserveAsync(step.Place);
        var before = models[step.Place];
        switch (outcome)
        {
            case Outcome.Done:
                Require(step.Refusal is null, $"it had to be refused with {step.Refusal}");
                models[step.Place] = step.After;
                break;
            case nameof(KilledException) or "SERVICE_UNAVAILABLE" when seen != before.Describe() && step.Refusal is null:
                models[step.Place] = step.After;   // it was done, though nobody said so
                break;
            case nameof(KilledException) or "SERVICE_UNAVAILABLE" when step.Restored is { } restored && !await IsRecordedAsync(restored):
                // Done, with nothing to be seen of it; or it was not done, and the collector has freed it since.
                models[step.Place] = step.After.Describe() == seen ? step.After : Without(before, restored);
                break;
            case nameof(KilledException) or "SERVICE_UNAVAILABLE":
                break;   // not done
            case var code when code == step.Refusal:
                break;
            case var code when step.Lost is { } lost && code == lost.Code:
                Require(lost.IsFair(), "the collector was too early");
                lost.Then();
                break;
            default:
                Require(false, $"an outcome that cannot be: {outcome}");
                break;
        }

        Require(models[step.Place].Describe() == seen, $"the model shows {models[step.Place].Describe()} and the registry {seen}");
        if (models[step.Place] == step.After && step.Deletion is { } deletion)
        {
            deletion.Id = (long?)await AskAsync($"SELECT max(deletion.id) FROM deletion JOIN repository r ON r.id = repository_id WHERE r.name = '{project}/{step.Place}'") ?? 0;
        }

        if (models[step.Place].Visible.ToList() is { Count: > 0 } all)
        {
            await PullAsync(world.Home, step.Place, all[dice.Next(all.Count)]);
        }
    }

    private async Task<string> OutcomeAsync(Step step)
    {
        try
        {
            await step.Act(world.Pick());
            return Outcome.Done;
        }
        catch (RegistryException refusal)
        {
            return refusal.Code.Text;
        }
        catch (KilledException)
        {
            return nameof(KilledException);
        }
    }

    private Step PushImage(string place)
    {
        var image = TestImage.Of($"image {dice.Next(Images)}", Layer(), Layer());
        var entry = new RepositoryModel.Entry(image.Manifest, [.. image.Blobs], [], null);
        var other = Places.Single(each => each != place);
        var mounts = dice.Next(3) == 0;
        return Push(place, entry, async (host, blob) =>
        {
            // As clients do: ask first, mount if that is possible, upload otherwise.
            var digest = Digest.Of(blob);
            if (await host.Blobs.StatAsync(scopes[place], digest, CancellationToken.None) is null
                && !(mounts && await host.Blobs.MountAsync(scopes[other], scopes[place], digest, CancellationToken.None) is not null))
            {
                await host.UploadAsync(scopes[place], blob);
            }
        });
    }

    private Step? PushIndex(string place, List<RepositoryModel.Entry> visible)
    {
        var children = visible.Where(each => each.Children.Count == 0 && each.Subject is null).OrderBy(_ => dice.Next()).Take(2).Select(each => each.Manifest).ToArray();
        return children.Length == 0 ? null : Push(place, new(TestManifest.Index(children), [], [.. children.Select(child => child.Digest)], null), (_, _) => Task.CompletedTask);
    }

    private Step? PushSignature(string place, List<RepositoryModel.Entry> visible)
    {
        if (visible.Where(each => each.Subject is null).ToList() is not { Count: > 0 } subjects)
        {
            return null;
        }

        var (subject, layer) = (subjects[dice.Next(subjects.Count)].Manifest, Layer());
        var entry = new RepositoryModel.Entry(TestManifest.Signature(subject, layer), [TestImage.Empty, layer], [], subject.Digest);
        return Push(place, entry, (host, blob) => host.UploadAsync(scopes[place], blob), tagged: false);
    }

    private Step Push(string place, RepositoryModel.Entry entry, Func<ContentHost, byte[], Task> provide, bool tagged = true)
    {
        var tag = tagged && dice.Next(4) > 0 ? Name() : null;
        var after = models[place].Clone();
        after.Push(entry, tag);
        long? asked = null;
        return new Step($"push {entry.Manifest.Digest.Hex[..8]} as {tag ?? "nothing"}", async host =>
        {
            asked = Stopwatch.GetTimestamp();
            foreach (var blob in entry.Blobs)
            {
                await provide(host, blob);
            }

            await host.PushAsync(scopes[place], entry.Manifest, tag is null ? [] : [tag]);
        }, place, after)
        {
            // What a client was told that it need not upload stays for half a grace.
            Lost = ("MANIFEST_BLOB_UNKNOWN", () => Stopwatch.GetElapsedTime(asked!.Value) >= ModelWorld.Grace / 2, () => { }),
        };
    }

    private Step? AddTag(string place, List<RepositoryModel.Entry> visible)
    {
        if (visible.Count == 0)
        {
            return null;
        }

        var (digest, tag) = (visible[dice.Next(visible.Count)].Manifest.Digest, Name());
        var after = models[place].Clone();
        after.Tag(digest, tag);
        Assert.True(Tag.TryParse(tag, out var parsed));
        return new Step($"tag {digest.Hex[..8]} as {tag}", host => host.Get<TagChanges>().AddAsync(scopes[place], digest.Value, parsed, CancellationToken.None), place, after)
        {
            Refusal = models[place].HasTag(tag) ? "CONFLICT" : null,
        };
    }

    private Step? DeleteTag(string place)
    {
        if (models[place].Tags.ToList() is not { Count: > 0 } tags)
        {
            return null;
        }

        var (tag, digest) = tags[dice.Next(tags.Count)];
        var after = models[place].Clone();
        var deletion = after.Untag(tag, Stopwatch.GetTimestamp());
        return new Step($"untag {tag}", host => host.Get<TagChanges>().DeleteAsync(scopes[place], digest.Value, tag, "test", CancellationToken.None), place, after) { Deletion = deletion };
    }

    private Step? Delete(string place, List<RepositoryModel.Entry> visible)
    {
        if (visible.Count == 0)
        {
            return null;
        }

        var digest = visible[dice.Next(visible.Count)].Manifest.Digest;
        var after = models[place].Clone();
        var refused = after.HasVisibleParent(digest);
        var deletion = refused ? null : after.Delete(digest, Stopwatch.GetTimestamp());
        return new Step($"delete {digest.Hex[..8]}", host => host.Deletions.DeleteAsync(scopes[place], digest, "test", CancellationToken.None), place, after)
        {
            Deletion = deletion,
            Refusal = refused ? "VIOLATE_FOREIGN_KEY_CONSTRAINT" : null,
        };
    }

    private Step? DeleteRepository(string place, List<RepositoryModel.Entry> visible)
    {
        if (visible.Count == 0)
        {
            return null;
        }

        var after = models[place].Clone();
        var deletion = after.DeleteAll(Stopwatch.GetTimestamp());
        return new Step("delete the repository", host => host.Deletions.DeleteRepositoryAsync(scopes[place], "test", CancellationToken.None), place, after) { Deletion = deletion };
    }

    private Step? Restore(string place)
    {
        if (models[place].Deletions.Where(each => each.Id > 0).ToList() is not { Count: > 0 } deletions)
        {
            return null;
        }

        var at = dice.Next(deletions.Count);
        var chosen = deletions[at];
        var stuck = models[place].IsStuck(chosen);
        var after = models[place].Clone();
        if (!stuck)
        {
            after.Restore(after.Deletions.Single(each => each.Id == chosen.Id));
        }

        var before = models[place];
        return new Step($"restore {chosen.Id}", host => host.RestoreAsync(scopes[place], chosen.Id), place, after)
        {
            Restored = chosen,
            Refusal = stuck ? "PRECONDITION" : null,
            Lost = ("NOT_FOUND", () => Stopwatch.GetElapsedTime(chosen.Since) >= ModelWorld.Grace, () => before.Forget(chosen)),
        };
    }

    private Step? Copy(string place, List<RepositoryModel.Entry> visible)
    {
        var sources = visible.Where(each => each.Subject is null).ToList();
        if (sources.Count == 0)
        {
            return null;
        }

        var (source, target) = (place, Places.Single(each => each != place));
        var digest = sources[dice.Next(sources.Count)].Manifest.Digest;
        var after = models[target].Clone();
        after.Copy(models[source], digest);
        return new Step($"copy {digest.Hex[..8]} from {source}", host => host.Get<ArtifactCopy>().CopyAsync(scopes[source], digest.Value, scopes[target], CancellationToken.None), target, after);
    }

    private async Task PullAsync(ContentHost host, string place, RepositoryModel.Entry entry)
    {
        var manifest = await host.Manifests.FindAsync(scopes[place], entry.Manifest.Digest, CancellationToken.None);
        Require(manifest is not null && manifest.Content.Span.SequenceEqual(entry.Manifest.Content), $"{place} shows {entry.Manifest.Digest.Hex[..8]} and does not serve it");
        foreach (var blob in entry.Blobs)
        {
            var read = await host.ReadAsync(scopes[place], Digest.Of(blob));
            Require(read is not null && read.AsSpan().SequenceEqual(blob), $"{place} shows {entry.Manifest.Digest.Hex[..8]} and its blob {Digest.Of(blob).Hex[..8]} is {(read is null ? "missing" : "wrong")}");
        }
    }

    private static RepositoryModel Without(RepositoryModel model, RepositoryModel.Taken deletion)
    {
        model.Forget(deletion);
        return model;
    }

    private async Task<bool> IsRecordedAsync(RepositoryModel.Taken deletion) =>
        (bool)(await AskAsync($"SELECT EXISTS (SELECT FROM deletion WHERE id = {deletion.Id})"))!;

    private async Task<object?> AskAsync(string sql)
    {
        await using var command = world.Home.Database.Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    private async Task<string> ObserveAsync(string place)
    {
        await using var command = world.Home.Database.Source.CreateCommand($"""
            SELECT NULL, encode(a.digest, 'hex') FROM artifact a JOIN repository r ON r.id = a.repository_id WHERE r.name = '{project}/{place}' AND a.deletion_id IS NULL
            UNION ALL
            SELECT t.name, encode(a.digest, 'hex') FROM tag t JOIN artifact a ON a.id = t.artifact_id JOIN repository r ON r.id = t.repository_id WHERE r.name = '{project}/{place}'
            """);
        var (shown, tags) = (new List<string>(), new List<(string, string)>());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var hex = reader.GetString(1)[2..];   // after the byte that tells the algorithm
            if (reader.IsDBNull(0))
            {
                shown.Add(hex);
            }
            else
            {
                tags.Add((reader.GetString(0), hex));
            }
        }

        return RepositoryModel.Describe(shown, tags);
    }

    private void Require(bool holds, string what) => Assert.True(holds, $"seed {seed}, {what}. What it did:\n{string.Join('\n', story)}");

    private byte[] Layer() => TestImage.Bytes(dice.Next(Layers), 700);

    private string Name() => $"v{dice.Next(Names)}";
}
