using Harbor.Oci;

namespace Harbor.Modules.GarbageCollection;

internal static class GarbageCollectionErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"garbage collection execution {id} not found");

    public static RegistryException LogNotFound(long id) => new(ErrorCode.NotFound, $"garbage collection {id} log is not found");

    public static RegistryException NotAFlag(string name) => new(ErrorCode.BadRequest, $"bad request: {name} is neither true nor false");

    public static RegistryException InvalidWorkers(string given) => new(
        ErrorCode.BadRequest, $"Error: Invalid number of workers:{given}. Workers must be greater than 0 and less than or equal to {RunParameters.MaxWorkers}.");
}
