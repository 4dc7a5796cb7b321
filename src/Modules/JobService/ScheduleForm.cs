using Harbor.Contracts;
using Harbor.Oci;

namespace Harbor.Modules.JobService;

/// <summary>What a caller asks for who sets a schedule: a run now, one again and again, or none any more.</summary>
/// <param name="Type">Manual, None, Hourly, Daily, Weekly or Custom.</param>
/// <param name="Cron">The expression; empty for Manual and None.</param>
public sealed record ScheduleForm(string Type, string Cron)
{
    private const int MaxCronLength = 256;

    /// <summary>Run it once, now.</summary>
    public bool IsManual => Type == "Manual";

    /// <summary>Remove the schedule.</summary>
    public bool IsNone => Type == "None";

    /// <param name="what">What is scheduled, for the message, such as <c>scheduled gc</c>.</param>
    /// <exception cref="RegistryException"><c>UNPROCESSABLE_ENTITY</c>: no such type. <c>BAD_REQUEST</c>: no schedule, or no cron expression that starts with second 0.</exception>
    public static ScheduleForm Read(ScheduleObjDto? schedule, string what)
    {
        if (schedule is null)
        {
            throw JobServiceErrors.NoSchedule();
        }

        return schedule.Type switch
        {
            "Manual" or "None" => new ScheduleForm(schedule.Type, string.Empty),
            "Hourly" or "Daily" or "Weekly" or "Custom" => new ScheduleForm(schedule.Type, Check(schedule.Cron, what)),
            "Schedule" => throw JobServiceErrors.NotToBeSet(schedule.Type),
            _ => throw JobServiceErrors.UnknownScheduleType(schedule.Type),
        };
    }

    /// <summary>A cron expression as Harbor takes one from callers: six fields begin with second 0.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: it is not.</exception>
    public static string Check(string? cron, string what) =>
        cron is { Length: <= MaxCronLength } && Platform.Jobs.Cron.TryParse(cron, out _) && (cron.Split(' ') is not { Length: 6 } fields || fields[0] == "0")
            ? cron
            : throw JobServiceErrors.InvalidCron(what, cron is { Length: > MaxCronLength } ? cron[..MaxCronLength] : cron);
}
