namespace Harbor.Load;

/// <summary>How each scenario is run.</summary>
/// <param name="Duration">Of the measured part. Operations that run at its end are finished and counted.</param>
/// <param name="Warmup">Of the part before it, which is not measured; zero for none.</param>
/// <param name="Connections">Clients at a time; null for each scenario's own number.</param>
/// <param name="MaxPushBytes">A pushing scenario ends before its time once it has pushed that much, in each of the two parts.</param>
internal sealed record LoadOptions(TimeSpan Duration, TimeSpan Warmup, int? Connections, long MaxPushBytes);
