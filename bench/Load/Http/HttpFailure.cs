namespace Harbor.Load.Http;

/// <summary>An operation did not end as expected. The message is short and without changing parts: failures are counted by it.</summary>
internal sealed class HttpFailure(string reason) : Exception(reason);
