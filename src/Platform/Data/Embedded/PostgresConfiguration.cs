using System.Text;

namespace Harbor.Platform.Data.Embedded;

/// <summary>The settings of the private server: small, and quick to start. Written anew at each start.</summary>
/// <remarks>
/// <c>postgresql.conf</c> includes the written file and is the operator's from then on: what follows the include wins.
/// </remarks>
internal static class PostgresConfiguration
{
    public const string FileName = "harbor.conf";

    /// <summary><c>postgresql.conf</c> of a new data directory.</summary>
    public const string Root = $"""
        # Harbor writes {FileName} at each start. Settings below the next line are yours and win.
        include_if_exists '{FileName}'

        """;

    /// <summary><c>pg_hba.conf</c>: the socket lies in a directory that only the owner may enter, and nothing listens elsewhere.</summary>
    public const string Access = """
        local all all trust

        """;

    public static string Text(int major, IReadOnlyDictionary<string, string> changes)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // In the data directory, which is mode 0700. Relative: a socket's path may have 107 bytes only.
            ["unix_socket_directories"] = "'.'",
            ["listen_addresses"] = "''",
            ["port"] = "5432",
            ["cluster_name"] = "'harbor'",
            ["max_connections"] = "120",
            // Containers have 64 MB of /dev/shm.
            ["dynamic_shared_memory_type"] = "mmap",
            ["shared_buffers"] = "'64MB'",
            ["huge_pages"] = "off",
            ["effective_cache_size"] = "'512MB'",
            ["work_mem"] = "'8MB'",
            ["maintenance_work_mem"] = "'64MB'",
            ["random_page_cost"] = "1.1",
            ["jit"] = "off",
            ["max_parallel_workers_per_gather"] = "0",
            // No process that has nothing to do.
            ["max_logical_replication_workers"] = "0",
            ["max_replication_slots"] = "0",
            ["max_wal_senders"] = "2",
            ["autovacuum_max_workers"] = "2",
            ["min_wal_size"] = "'48MB'",
            ["max_wal_size"] = "'512MB'",
            ["checkpoint_timeout"] = "'15min'",
            ["lock_timeout"] = "'10s'",
            ["idle_in_transaction_session_timeout"] = "'5min'",
            ["timezone"] = "'UTC'",
            ["log_timezone"] = "'UTC'",
            ["lc_messages"] = "'C'",
            ["log_destination"] = "'stderr'",
            ["logging_collector"] = "off",
            ["log_line_prefix"] = "''",
            ["log_checkpoints"] = "off",
            // Statements and keys may hold what must not be in a log.
            ["log_error_verbosity"] = "terse",
            ["log_min_error_statement"] = "panic",
        };
        if (major >= 18)
        {
            settings["io_method"] = "sync";
        }

        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        var text = new StringBuilder("# Written by Harbor at each start: put changes into postgresql.conf.\n");
        foreach (var (name, value) in settings)
        {
            text.Append(name).Append(" = ").Append(value).Append('\n');
        }

        return text.ToString();
    }
}
