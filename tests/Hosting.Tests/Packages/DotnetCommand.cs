using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorStack.Hosting.Tests.Packages;

/// <summary>The .NET SDK whose runtime runs the tests.</summary>
internal static class DotnetCommand
{
    private static readonly string Folder =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>
    /// The environment of a user whose home is <paramref name="home"/>. Processes of the SDK end with their command, so that none
    /// keeps a file of a test open; and no audit asks the network.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> EnvironmentOf(string home) => new Dictionary<string, string?>
    {
        ["PATH"] = $"{home}/.dotnet/tools:{Folder}:{Environment.GetEnvironmentVariable("PATH")}",
        ["DOTNET_ROOT"] = Folder,
        ["DOTNET_CLI_HOME"] = home,
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "0",
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
        ["NuGetAudit"] = "false",
        ["NUGET_PACKAGES"] = null,
    };

    /// <summary>
    /// Runs a command of the SDK in a directory and returns its output. Fails the test where the command fails.
    /// </summary>
    public static async Task<string> RunAsync(
        string directory, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var description = new ProcessStartInfo(Path.Combine(Folder, "dotnet"), arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) description.Environment[name] = value;
        using var process = Process.Start(description)!;
        var output = process.StandardOutput.ReadToEndAsync(Patience.Token());
        var errors = process.StandardError.ReadToEndAsync(Patience.Token());
        await process.WaitForExitAsync(Patience.Token());
        var (said, complained) = (await output, await errors);
        Assert.True(
            process.ExitCode == 0,
            $"`dotnet {string.Join(' ', arguments)}` ended with {process.ExitCode}: {said}{complained}");
        return said;
    }
}
