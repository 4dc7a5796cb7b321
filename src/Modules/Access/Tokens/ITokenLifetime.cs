namespace Harbor.Modules.Access.Tokens;

/// <summary>How long a bearer token is good. Answered by the Configuration module, which stands above this one.</summary>
public interface ITokenLifetime
{
    ValueTask<TimeSpan> TokenLifetimeAsync(CancellationToken ct);
}
