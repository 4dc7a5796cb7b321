using System.Diagnostics;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>A program that talks to registries, with the arguments and the environment that every call of it has. It runs in the root folder.</summary>
internal sealed class ClientProgram(string name, string[] arguments, params (string Name, string Value)[] environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string path = Requires.Program(name);

    /// <summary>Runs it to a good end; answers what it printed.</summary>
    public async Task<string> RunAsync(params string[] more)
    {
        var (code, output, errors) = await StartAsync(more);
        Assert.True(code == 0, $"{name} {string.Join(' ', more)} ended with {code}:\n{errors}{output}");
        return output;
    }

    /// <summary>Runs it to a bad end; answers what it complained of.</summary>
    public async Task<string> FailAsync(params string[] more)
    {
        var (code, output, errors) = await StartAsync(more);
        Assert.True(code != 0, $"{name} {string.Join(' ', more)} should have failed:\n{errors}{output}");
        return errors;
    }

    /// <summary>Starts it and goes on; the caller ends it.</summary>
    public Process Launch(params string[] more)
    {
        var info = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in arguments.Concat(more))
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (variable, value) in environment)
        {
            info.Environment[variable] = value;
        }

        return Process.Start(info)!;
    }

    private async Task<(int Code, string Output, string Errors)> StartAsync(string[] more)
    {
        using var process = Launch(more);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} {string.Join(' ', more)} did not end.", e);
        }

        return (process.ExitCode, await output, await errors);
    }
}
