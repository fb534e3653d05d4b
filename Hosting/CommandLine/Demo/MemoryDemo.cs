using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.CommandLine.Demo;

/// <summary>
/// The demo in one process, for systems without TUN. Both ends run software stacks, and there is no kernel engine.
/// </summary>
internal static class MemoryDemo
{
    private static readonly TcpEndpoint Service = new(IpAddress.Parse(Laboratory.VirtualAddress), Ports.Transfer);
    private static readonly TcpEndpoint Client = new(IpAddress.Parse("10.8.0.2"), 40_000);

    public static async Task<DemoOutcome> RunAsync(TimeSpan time, CancellationToken cancellation)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions { SegmentationOffload = true }, TimeProvider.System);
        using var host = Build(wire.Left);
        await host.StartAsync(cancellation);
        using var peer = new WirePeer(wire.Right, Client, Service);
        await peer.Established.WaitAsync(cancellation);
        var stack = host.Services.GetRequiredService<IActorStack>();
        var id = (await stack.ListConnectionsAsync(ended: false, cancellation)).Single().Id;

        using var stream = peer.Pipe.AsStream();
        var shuttle = new Shuttle(new StackMover(stack, id), ["toe", null]);
        var result = await shuttle.RunDuringAsync(
            over => Task.Run(
                new TransferClient(stream, () => peer.Pipe.Output.Complete(), long.MaxValue, long.MaxValue, time, over).Run,
                CancellationToken.None),
            time - TimeSpan.FromSeconds(1), cancellation);
        await host.StopAsync(cancellation);
        return new DemoOutcome(result, shuttle.Owners, shuttle.Migrations);
    }

    private static IHost Build(ILink link)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(link);
        builder.Services.AddActorStack(options =>
        {
            options.Addresses.Add($"{Service.Address}/32");
            options.Kernel = EngineMode.Off;
            options.Toe = EngineMode.Required;
            options.DrainLimit = TimeSpan.FromSeconds(1);
        }).AddConnectionHandler<TransferHandler>("transfer", Service.Port);
        return builder.Build();
    }
}
