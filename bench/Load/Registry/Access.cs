namespace Harbor.Load.Registry;

/// <summary>What a request asks the server's permission for.</summary>
/// <param name="Scope">Scope of the token to send. Null: the user's name and password go along themselves, because no token is enough
/// (the catalog, the management API).</param>
internal readonly record struct Access(string? Scope)
{
    public static Access ByPassword { get; }

    public static Access Pull(string repository) => new($"repository:{repository}:pull");

    public static Access Push(string repository) => new($"repository:{repository}:pull,push");
}
