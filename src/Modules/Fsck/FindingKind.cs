namespace Harbor.Modules.Fsck;

/// <summary>What a check can find.</summary>
public enum FindingKind
{
    /// <summary>Nothing lies where the row of a blob says its bytes are.</summary>
    Missing,

    /// <summary>What lies there is not as long as the blob.</summary>
    WrongSize,

    /// <summary>It is as long, and has another digest.</summary>
    Corrupt,

    /// <summary>The store could not give the bytes.</summary>
    Unreadable,

    /// <summary>An earlier check marked the blob, and nobody has pushed it since.</summary>
    Lost,

    /// <summary>The bytes of a blob are queued for erasing.</summary>
    Doomed,

    /// <summary>An artifact has no manifest.</summary>
    ManifestMissing,

    /// <summary>The bytes of a manifest have another digest or length than its artifact says.</summary>
    ManifestCorrupt,

    /// <summary>No row owns these bytes.</summary>
    Orphan,

    /// <summary>The storage is not marked as this database's.</summary>
    ForeignStorage,
}
