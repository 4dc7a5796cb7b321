namespace Harbor.Load.Http;

/// <summary>Takes a body piece by piece, as it arrives.</summary>
internal delegate void BodySink(ReadOnlySpan<byte> piece);

/// <summary>A response that was read to its end.</summary>
/// <param name="BodyBytes">Length of the content, chunk headers not counted.</param>
/// <param name="FirstByteAt">Stopwatch time stamp.</param>
internal readonly record struct Reply(int Status, long BodyBytes, long FirstByteAt);
