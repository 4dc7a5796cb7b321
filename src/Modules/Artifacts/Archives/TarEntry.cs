namespace Harbor.Modules.Artifacts.Archives;

/// <param name="Name">Path as it stands in the archive: a stranger's words, no file name of ours.</param>
/// <param name="SizeBytes">Bytes that follow.</param>
internal sealed record TarEntry(string Name, long SizeBytes, bool IsFile);
