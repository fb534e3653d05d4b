using System.CommandLine;
using ActorStack.CommandLine.Demo.Cluster;
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
        var cluster = new Option<bool>("--cluster")
        {
            Description = "Let the connection go round three nodes instead of stacks.",
        };
        var moves = new Option<int>("--moves")
        {
            Description =
                "Instead of all that, let the connection of one transfer move round three nodes so often, and count what is sent "
                + "again.",
        };
        var gigabytes = new Option<double>("--gigabytes")
        {
            Description = "With --moves: what the transfer carries in each direction, in 10^9 bytes.",
            DefaultValueFactory = _ => 5,
        };
        var command =
            new Command("demo", "Move gigabytes through a connection that changes its stack or its node all the while.")
            {
                seconds, cluster, moves, gigabytes,
            };
        command.SetAction(async (parsed, cancellation) =>
        {
            var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            var missing = LinuxSupport.Missing(Needed);
            if (parsed.GetValue(moves) is > 0 and var count)
                return await CountMovesAsync(missing, count, (long)(parsed.GetValue(gigabytes) * 1e9), cancellation);
            if (parsed.GetValue(cluster)) return await RunClusterAsync(missing, time, cancellation);
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

    private static async Task<int> RunClusterAsync(
        IReadOnlyList<string> missing, TimeSpan time, CancellationToken cancellation)
    {
        RequireNamespaces(missing);
        var outcome = await ClusterDemo.RunAsync(time, cancellation);
        outcome.Print();
        return outcome.Succeeded ? 0 : ExitCodes.Failed;
    }

    private static async Task<int> CountMovesAsync(
        IReadOnlyList<string> missing, int moves, long bytes, CancellationToken cancellation)
    {
        RequireNamespaces(missing);
        var outcome = await CountedTransfer.RunAsync(moves, bytes, cancellation);
        outcome.Print();
        return outcome.Succeeded ? 0 : ExitCodes.Failed;
    }

    private static void RequireNamespaces(IReadOnlyList<string> missing)
    {
        if (missing.Count == 0) return;
        throw new CommandException(
            $"Nodes need network namespaces and TUN devices: {string.Join("; ", missing)}.", "Run it as root.",
            ExitCodes.CannotStart);
    }
}
