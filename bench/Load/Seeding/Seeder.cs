using System.Diagnostics;
using Npgsql;

namespace Harbor.Load.Seeding;

/// <summary>Fills the database of a running server by SQL: through the API it would take hours.</summary>
internal static class Seeder
{
    private static readonly string[] Counted = ["project", "repository", "artifact", "tag", "blob", "repository_blob", "audit_log_ext"];

    /// <param name="connectionString">Npgsql connection string of the server's database.</param>
    /// <param name="scale">Write the artifacts that name blobs, and those blobs, instead of the ones that name nothing and the audit records.</param>
    public static void Run(string connectionString, bool scale, TextWriter output)
    {
        // Statements run for as long as they need.
        using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, Pooling = false }.ConnectionString);
        using var connection = source.OpenConnection();
        if (scale)
        {
            if (Scalar("SELECT count(*) FROM project WHERE name = 'scale-big'") is 0L)
            {
                Step("projects, repositories, artifacts, tags and blobs", Script("scale.sql"));
            }
        }
        else
        {
            Step("projects, repositories, artifacts and tags", Script("content.sql"));
            SeedAudit();
        }

        Step("statistics for the planner", "VACUUM (ANALYZE)");
        foreach (var table in Counted.Where(table => Scalar($"SELECT to_regclass('{table}') IS NOT NULL") is true))
        {
            output.WriteLine($"{table}: {Scalar($"SELECT count(*) FROM {table}")} rows");
        }

        void SeedAudit()
        {
            if (Scalar("SELECT to_regclass('audit_log_ext') IS NOT NULL") is true)
            {
                Step("audit records", Script("audit.sql"));
            }
            else
            {
                output.WriteLine("audit records: this server keeps none");
            }
        }

        void Step(string what, string sql)
        {
            var begin = Stopwatch.GetTimestamp();
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
            output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
        }

        object? Scalar(string sql)
        {
            using var command = new NpgsqlCommand(sql, connection);
            return command.ExecuteScalar();
        }
    }

    /// <summary>Connection string of the database that a server keeps in its data directory.</summary>
    public static string Embedded(string dataDirectory) => new NpgsqlConnectionStringBuilder
    {
        Host = Path.Combine(Path.GetFullPath(dataDirectory), "postgres"),
        Username = "harbor",
        Database = "harbor",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(Seeder).Assembly.GetManifestResourceStream($"Harbor.Load.Seeding.{name}")!);
        return reader.ReadToEnd();
    }
}
