namespace Harbor.Storage.FileSystem;

/// <summary>What became of giving a file a second name.</summary>
public enum LinkResult
{
    Made,

    /// <summary>There is no such file.</summary>
    Absent,

    /// <summary>This file system does not do it, or not once more for this file.</summary>
    Unsupported,
}
