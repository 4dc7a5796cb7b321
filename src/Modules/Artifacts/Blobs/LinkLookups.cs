using System.Collections.Concurrent;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Storage;
using Npgsql;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>
/// Finds linked blobs, many by one query: what is asked while a query is under way goes into the next one. A push asks for every
/// layer before it sends it, mostly in vain, and absence is never cached.
/// </summary>
/// <remarks>A question alone is asked at once. Every answer is from a query that began after its question was put.</remarks>
internal sealed class LinkLookups(Database db, IBlobStore store)
{
    private const int MaxQueries = 2;
    private const int MaxPerQuery = 128;

    private readonly ConcurrentQueue<Question> waiting = new();
    private int running;

    /// <summary>The blob, if the repository is linked to it.</summary>
    public async Task<LinkedBlob?> FindAsync(long repositoryId, Digest digest, CancellationToken ct)
    {
        var question = new Question(repositoryId, digest);
        waiting.Enqueue(question);
        _ = AskAsync();
        return await question.Answer.Task.WaitAsync(ct);
    }

    private async Task AskAsync()
    {
        while (!waiting.IsEmpty && TryStart())
        {
            try
            {
                while (Take() is { Count: > 0 } questions)
                {
                    await AnswerAsync(questions);
                }
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }

            // A question put between the last look and the decrement found every place taken: look again.
        }
    }

    private bool TryStart()
    {
        var now = Volatile.Read(ref running);
        return now < MaxQueries && Interlocked.CompareExchange(ref running, now + 1, now) == now;
    }

    private List<Question> Take()
    {
        var taken = new List<Question>();
        while (taken.Count < MaxPerQuery && waiting.TryDequeue(out var question))
        {
            taken.Add(question);
        }

        return taken;
    }

    private async Task AnswerAsync(List<Question> questions)
    {
        try
        {
            await using var command = db.Command("""
                SELECT asked.position, blob.id, blob.size, blob.location, link.uses
                FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS asked (repository_id, digest, position)
                JOIN blob ON blob.digest = asked.digest
                JOIN repository_blob AS link ON link.repository_id = asked.repository_id AND link.blob_id = blob.id
                """).With(questions.Select(question => question.RepositoryId).ToArray(), questions.Select(question => question.Digest.ToBytes()).ToArray());
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    var question = questions[(int)reader.GetInt64(0) - 1];
                    question.Answer.TrySetResult(Read(reader, question.Digest));
                }
            }

            questions.ForEach(question => question.Answer.TrySetResult(null));
        }
        catch (Exception e)
        {
            // Whatever it is, it is each asker's to handle: nobody else waits for this query.
            questions.ForEach(question => question.Answer.TrySetException(e));
        }
    }

    private LinkedBlob Read(NpgsqlDataReader row, Digest digest) => new(
        row.GetInt64(1), digest, row.GetInt64(2),
        row.IsDBNull(3) ? store.CanonicalOf(digest) : new Location(row.GetString(3)),
        row.GetInt32(4) > 0);

    private sealed record Question(long RepositoryId, Digest Digest)
    {
        public TaskCompletionSource<LinkedBlob?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
