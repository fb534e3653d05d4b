using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using Spectre.Console;

namespace ActorStack.CommandLine.Demo;

/// <summary>The demo with a real service, an ordinary kernel client and a veth between them.</summary>
internal static class NamespaceDemo
{
    private const double PlainSeconds = 3;

    public static async Task<DemoOutcome> RunAsync(TimeSpan time, CancellationToken cancellation)
    {
        using var lab = new Laboratory();
        AnsiConsole.WriteLine("A plain kernel connection over the same path, for comparison ...");
        var beforePlain = KernelCounters.Read(lab.Client);
        var plain = await MeasurePlainAsync(lab, cancellation);

        using var service = await lab.StartServiceAsync(cancellation);
        var before = KernelCounters.Read(lab.Client);
        using var client = await lab.StartClientAsync(
            "transfer", Laboratory.VirtualAddress, Ports.Transfer, ["--seconds", $"{time.TotalSeconds}"], cancellation);
        var id = (await lab.EstablishedAsync(cancellation)).Single().Id;
        AnsiConsole.MarkupLineInterpolated(
            $"Connection [bold]{id}[/] goes software -> kernel -> software -> toe -> software, again and again ...");

        var shuttle = new Shuttle(new ControlMover(lab.Control, id), ["kernel", null, "toe", null]);
        var result = await ProgressLine.Open().WatchAsync(
            shuttle.RunDuringAsync(
                over => Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, over),
                time - TimeSpan.FromSeconds(1), cancellation),
            time);
        var counted = KernelCounters.Read(lab.Client) - before;
        return new DemoOutcome(result, shuttle.Owners, shuttle.Migrations, counted, plain, before - beforePlain);
    }

    private static async Task<TransferResult> MeasurePlainAsync(Laboratory lab, CancellationToken cancellation)
    {
        using var plain = await lab.StartPlainAsync(cancellation);
        using var client = await lab.StartClientAsync(
            "transfer", Laboratory.PlainAddress, Ports.Transfer, ["--seconds", $"{PlainSeconds}"], cancellation);
        return await Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, cancellation);
    }
}
