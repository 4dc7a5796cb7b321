namespace Harbor.Oci;

/// <summary>A refusal that the caller is told about: it becomes Harbor's error envelope.</summary>
/// <param name="code">Wire code and HTTP status.</param>
/// <param name="message">Text for the caller. It must hold no secret.</param>
/// <param name="detail">More for the caller's program, serialized as <c>detail</c>; left out when null.</param>
/// <param name="inner">What led to the refusal; it goes to the log only.</param>
public sealed class RegistryException(ErrorCode code, string message, object? detail = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ErrorCode Code { get; } = code;

    public object? Detail { get; } = detail;
}
