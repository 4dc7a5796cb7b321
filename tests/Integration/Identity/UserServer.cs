using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>A server on which somebody ordinary is.</summary>
public sealed class UserServer : IAsyncLifetime
{
    private static int names;

    public TestHarbor Harbor { get; private set; } = null!;

    public long OrdinaryId { get; private set; }

    /// <summary>A name that no other test uses.</summary>
    public static string Unique() => $"user{Interlocked.Increment(ref names)}";

    public async ValueTask InitializeAsync()
    {
        Harbor = await TestHarbor.StartAsync();
        OrdinaryId = await Harbor.UserAsync("ordinary");
    }

    public ValueTask DisposeAsync() => Harbor.DisposeAsync();
}
