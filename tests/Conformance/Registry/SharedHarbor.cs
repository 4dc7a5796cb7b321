using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedHarbor))]

namespace Harbor.Conformance.Registry;

/// <summary>The one server that this assembly's tests share. Each test has a project of its own on it.</summary>
public sealed class SharedHarbor : IAsyncLifetime
{
    private int repositories;

    public TestHarbor Harbor { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => Harbor.DisposeAsync();

    /// <summary>A repository, still invisible, in a new project; the administrator acts on it.</summary>
    internal async Task<TestRepository> RepositoryAsync(bool isPublic = false)
    {
        var project = await Harbor.ProjectAsync(isPublic: isPublic);
        return new TestRepository(Harbor, Harbor.Admin, $"{project}/web-{Interlocked.Increment(ref repositories)}");
    }
}
