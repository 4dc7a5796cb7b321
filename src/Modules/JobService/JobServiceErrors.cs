using Harbor.Oci;

namespace Harbor.Modules.JobService;

internal static class JobServiceErrors
{
    public static RegistryException JobNotFound(string id) => new(ErrorCode.NotFound, $"job {id} not found");

    public static RegistryException PoolNotFound(string id) => new(ErrorCode.NotFound, $"worker pool {id} not found");

    public static RegistryException QueueNotFound(string type) => new(ErrorCode.NotFound, $"job queue {type} not found");

    public static RegistryException UnknownAction(string? action) =>
        new(ErrorCode.UnprocessableEntity, $"validation failure list:\naction in body should be one of [stop pause resume]: \"{action}\"");

    public static RegistryException UnknownScheduleType(string? type) =>
        new(ErrorCode.UnprocessableEntity, $"validation failure list:\nschedule.type in body should be one of [Hourly Daily Weekly Custom Manual None Schedule]: \"{type}\"");

    public static RegistryException OnlyAll() => new(ErrorCode.BadRequest, "job_type can only be 'all'");

    public static RegistryException InvalidCron(string what, string? cron) => new(ErrorCode.BadRequest, $"invalid cron string for {what}: {cron}");

    public static RegistryException NoSchedule() => new(ErrorCode.BadRequest, "schedule cann't be empty");

    public static RegistryException NotToBeSet(string type) => new(ErrorCode.BadRequest, $"schedule type {type} is only shown in histories and cannot be set");
}
