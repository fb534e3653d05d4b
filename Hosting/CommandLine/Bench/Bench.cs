using System.Text.Json.Serialization.Metadata;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>The laboratory with a service and plain sockets running in it at once.</summary>
internal sealed class Bench : IDisposable
{
    private const int MovesAtOnce = 32;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly ChildProcess _service;

    private Bench(Laboratory lab, ChildProcess service, ChildProcess plain) => (Lab, _service, Plain) = (lab, service, plain);

    public Laboratory Lab { get; }

    public ChildProcess Plain { get; }

    /// <summary>Builds the laboratory and starts the service and the plain sockets in it.</summary>
    /// <param name="cancellation">Ends the start.</param>
    /// <param name="arguments">Of the service, beside the usual ones.</param>
    public static async Task<Bench> StartAsync(CancellationToken cancellation, params IEnumerable<string> arguments)
    {
        var lab = new Laboratory();
        var service = await lab.StartServiceAsync(cancellation, arguments: ["--migration-timeout", "60", .. arguments]);
        return new Bench(lab, service, await lab.StartPlainAsync(cancellation));
    }

    public static string AddressOf(string target) => target == Target.Plain ? Laboratory.PlainAddress : Laboratory.VirtualAddress;

    /// <summary>A client whose connections are where they are to be measured.</summary>
    public async Task<ChildProcess> ConnectAsync(
        string target, string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        while ((await Lab.EstablishedAsync(cancellation)).Count > 0) await Task.Delay(Poll, cancellation);
        var client = await Lab.StartClientAsync(kind, AddressOf(target), port, arguments, cancellation);
        if (!Target.IsEngine(target)) return client;
        var connections = await Lab.EstablishedAsync(cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MovesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            connections, options, async (one, stop) => await Lab.Control.OffloadAsync(one.Id, target, stop));
        return client;
    }

    public async Task<T> MeasureAsync<T>(
        string target, string kind, int port, IEnumerable<string> arguments, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var client = await ConnectAsync(target, kind, port, arguments, cancellation);
        return await Laboratory.FinishAsync(client, type, cancellation);
    }

    public void Dispose()
    {
        Plain.Dispose();
        _service.Dispose();
        Lab.Dispose();
    }
}
