using System.Diagnostics;

namespace ActorStack.CommandLine.Serve;

/// <summary>
/// Starts the service as a process of its own, and ends when that one serves: a service manager waits for a command that ends,
/// and then knows whether the start has succeeded.
/// </summary>
internal static class BackgroundStart
{
    /// <summary>Returns 0 when the service is ready, and otherwise its exit code. Its log is that of this process.</summary>
    /// <param name="option">The option that asks for this, which the service does not get.</param>
    /// <param name="cancellation">Ends the wait; the service goes on.</param>
    public static async Task<int> RunAsync(string option, CancellationToken cancellation)
    {
        var line = Environment.GetCommandLineArgs();
        var program = Environment.ProcessPath ?? line[0];
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet"; // dotnet actorstack.dll
        var arguments = (isHosted ? line : line.Skip(1)).Where(argument => argument != option);
        using var service = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new CommandException(
                $"{program} cannot be started.", "Start the service without the option.", ExitCodes.Failed);
        if (await service.StandardOutput.ReadLineAsync(cancellation) is { } ready)
        {
            Console.WriteLine(ready);
            return 0;
        }

        await service.WaitForExitAsync(cancellation);
        return service.ExitCode;
    }
}
