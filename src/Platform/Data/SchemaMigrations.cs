using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Data;

/// <summary>Brings a database to this release's schema: numbered SQL files, each applied once, all in one transaction.</summary>
/// <remarks>Expand/contract: a file must leave the previous release working beside it. An applied file never changes.</remarks>
public sealed class SchemaMigrations(NpgsqlDataSource source, ILogger<SchemaMigrations> logger)
{
    private const long LockKey = 0x686172626f72;   // "harbor"
    private const string Prefix = "Harbor.Platform.Data.Migrations.";

    /// <exception cref="StartupException">The database was written by a newer release, or an applied file was changed.</exception>
    public async Task ApplyAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // Another replica may be migrating a large table: that is waited for.
        await ExecuteAsync(connection, "SET LOCAL lock_timeout = 0", ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", ct);
        await ExecuteAsync(connection, """
            CREATE TABLE IF NOT EXISTS schema_migration (
                name text COLLATE "C" PRIMARY KEY,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now())
            """, ct);

        var applied = await AppliedAsync(connection, ct);
        foreach (var (name, sql) in Missing(applied, Known()))
        {
            await ExecuteAsync(connection, sql, ct);
            await using var record = new NpgsqlCommand("INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)", connection)
                .With(name, Hash(sql));
            await record.ExecuteNonQueryAsync(ct);
            Log.MigrationApplied(logger, name);
        }

        await transaction.CommitAsync(ct);
        await connection.ReloadTypesAsync(ct);
    }

    /// <summary>Makes sure that the database is at this release's schema, and changes nothing.</summary>
    /// <exception cref="StartupException">It is not: older, newer, changed, or no Harbor's at all.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var look = new NpgsqlCommand("SELECT to_regclass('schema_migration') IS NOT NULL", connection);
        if (await look.ExecuteScalarAsync(ct) is not true)
        {
            throw new StartupException("The database is empty: no Harbor has been started on it yet.");
        }

        if (Missing(await AppliedAsync(connection, ct), Known()).Select(file => file.Name).FirstOrDefault() is { } older)
        {
            throw new StartupException($"The database has not got schema {older} yet: it is an older release's. Use that release, or start this one's server on it first.");
        }
    }

    /// <summary>What the database has not applied yet, in order.</summary>
    /// <exception cref="StartupException">It has applied what is not known here.</exception>
    private static List<(string Name, string Sql)> Missing(Dictionary<string, string> applied, IEnumerable<(string Name, string Sql)> known)
    {
        var files = known.ToList();
        if (applied.Keys.Except(files.Select(file => file.Name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new StartupException($"The database is at schema {newer}, which this release does not know. Run the release that wrote it, or a later one.");
        }

        return files.FindAll(file => !applied.TryGetValue(file.Name, out var hash)
            || (hash != Hash(file.Sql) ? throw new StartupException($"Schema migration {file.Name} differs from the one that this database has applied.") : false));
    }

    private static string Hash(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT name, sha256 FROM schema_migration", connection);
        var rows = await command.ListAsync(row => (row.GetString(0), row.GetString(1)), ct);
        return rows.ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, string Sql)> Known()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[Prefix.Length..^".sql".Length], reader.ReadToEnd());
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
