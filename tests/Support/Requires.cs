using System.Net.Sockets;
using Xunit;

namespace Harbor.Support;

/// <summary>What a test needs of the machine. Missing, the test is skipped with the reason; with <c>HARBOR_TEST_STRICT=1</c> it fails.</summary>
public static class Requires
{
    /// <summary>Full path of an installed program.</summary>
    public static string Program(string name)
    {
        var path = Find(name);
        That(path is not null, $"needs the program {name}");
        return path!;
    }

    /// <summary>Full path of a program, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static void Root() => That(Environment.IsPrivilegedProcess, "needs root");

    public static void IPv6() => That(Socket.OSSupportsIPv6, "needs IPv6");

    /// <param name="reason">Continues "this test ...".</param>
    public static void That(bool condition, string reason)
    {
        if (condition)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("HARBOR_TEST_STRICT") == "1")
        {
            Assert.Fail($"This test {reason}, and HARBOR_TEST_STRICT forbids skipping.");
        }

        Assert.Skip(reason);
    }
}
