namespace Harbor.Modules.Fsck;

/// <summary>The check cannot be made, or what was asked for must not be done: the message says why and what to do.</summary>
public sealed class FsckException(string message) : Exception(message);
