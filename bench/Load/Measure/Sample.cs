namespace Harbor.Load.Measure;

/// <summary>One operation that went as expected.</summary>
/// <param name="Elapsed">From the first byte sent to the last byte read, in nanoseconds.</param>
/// <param name="FirstByte">From the first byte sent to the first byte of the answer, in nanoseconds; null where an operation is
/// more than one request.</param>
/// <param name="Bytes">Content carried in either direction, without headers.</param>
/// <param name="Part">Which kind of operation it was, in a scenario that mixes several.</param>
internal readonly record struct Sample(long Elapsed, long? FirstByte, long Bytes, string? Part = null);
