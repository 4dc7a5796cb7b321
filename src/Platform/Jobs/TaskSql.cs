namespace Harbor.Platform.Jobs;

/// <summary>Statements on tasks and executions that more than one place sends.</summary>
internal static class TaskSql
{
    /// <summary>Tasks that nobody has begun, in the words of the index on them.</summary>
    public const string Waiting = "status IN ('Pending', 'Scheduled')";

    /// <summary>Holds executions (<c>$1</c>) for whoever ends tasks of theirs: of two who end the last two, one sees that none is left.</summary>
    public const string HoldExecutions = "SELECT FROM execution WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

    /// <summary>Ends those executions (<c>$1</c>) of which no task is left to do. They are held, and it is a statement of its own.</summary>
    public const string EndExecutions = """
        UPDATE execution AS e SET
            status = CASE
                WHEN EXISTS (SELECT FROM task WHERE execution_id = e.id AND status = 'Error') THEN 'Error'
                WHEN EXISTS (SELECT FROM task WHERE execution_id = e.id AND status = 'Stopped') THEN 'Stopped'
                ELSE 'Success' END,
            end_time = harbor_now(), update_time = harbor_now()
        WHERE e.id = ANY($1) AND e.end_time IS NULL
            AND EXISTS (SELECT FROM task WHERE execution_id = e.id)
            AND NOT EXISTS (SELECT FROM task WHERE execution_id = e.id AND end_time IS NULL)
        """;
}
