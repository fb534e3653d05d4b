using System.CommandLine;
using ActorStack.Transport.Linux;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo;

/// <summary>Runs the demo in network namespaces of its own, or over the in-memory wire where there is no TUN.</summary>
internal static class DemoCommand
{
    private const LinuxFeatures Needed = LinuxFeatures.NetworkNamespace | LinuxFeatures.TunLink | LinuxFeatures.KernelEngine;

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long the connection is moved to and fro.",
            DefaultValueFactory = _ => 25,
        };
        var command =
            new Command("demo", "Move gigabytes through a connection that changes its stack all the while.") { seconds };
        command.SetAction(async (parsed, cancellation) =>
        {
            var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            var missing = LinuxSupport.Missing(Needed);
            foreach (var reason in missing)
                AnsiConsole.MarkupLineInterpolated($"[yellow]Without network namespaces and TUN:[/] {reason}");
            if (missing.Count > 0) AnsiConsole.WriteLine("The same over the in-memory wire:");
            var outcome = missing.Count > 0
                ? await MemoryDemo.RunAsync(time, cancellation)
                : await NamespaceDemo.RunAsync(time, cancellation);
            outcome.Print();
            return outcome.Succeeded ? 0 : ExitCodes.Failed;
        });
        return command;
    }
}
