namespace Harbor.Platform.Security;

/// <summary>Secrets of this installation that it made itself and that all its replicas share.</summary>
public interface IInstanceSecrets
{
    /// <summary>The secret of this name; when there is none, what <paramref name="make"/> makes is kept. Of several replicas the first one's stands.</summary>
    Task<byte[]> GetOrCreateAsync(string name, Func<byte[]> make, CancellationToken ct);
}
