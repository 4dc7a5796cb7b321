namespace Harbor.Platform.Jobs;

/// <summary>Words for how far an execution or a task is. An execution is Running, Success, Error or Stopped.</summary>
public static class JobStatus
{
    public const string Pending = "Pending";

    /// <summary>Waits for its time: a delayed start, or a retry.</summary>
    public const string Scheduled = "Scheduled";

    public const string Running = "Running";
    public const string Stopped = "Stopped";
    public const string Error = "Error";
    public const string Success = "Success";

    public static bool IsFinal(string status) => Code(status) == 3;

    /// <summary>0 Pending, 1 Scheduled, 2 Running, 3 ended.</summary>
    public static int Code(string status) => status switch
    {
        Pending => 0,
        Scheduled => 1,
        Running => 2,
        _ => 3,
    };
}

/// <summary>What began an execution.</summary>
public static class JobTrigger
{
    public const string Manual = "MANUAL";
    public const string Schedule = "SCHEDULE";
    public const string Event = "EVENT";
}
