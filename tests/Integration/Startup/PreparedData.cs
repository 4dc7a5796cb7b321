using System.Diagnostics;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

/// <summary>A data directory that one server has made and left cleanly: a copy of it saves a test the first start.</summary>
internal static class PreparedData
{
    private static readonly Lazy<Task<TemporaryDirectory>> Original = new(MakeAsync);

    public static async Task CopyToAsync(string path)
    {
        var original = await Original.Value;
        using var copy = Process.Start("cp", ["-a", "--reflink=auto", original["data"], path]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }

    private static async Task<TemporaryDirectory> MakeAsync()
    {
        var folder = new TemporaryDirectory();
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = TestHarbor.AdminPassword },
        });
        Assert.Equal(0, await harbor.StopAsync());
        folder.RemoveAtExit();
        return folder;
    }
}
