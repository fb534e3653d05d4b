using System.Diagnostics;
using System.Net;
using ActorStack.CommandLine.Bench.Drills;
using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>The same services on the stack and on kernel sockets beside it, and a peer that plays every segment itself.</summary>
internal sealed class ArrivalGround : IAsyncDisposable
{
    /// <summary>
    /// Longer than any answer takes, delayed acknowledgments included, and shorter than the first retransmission.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(120);

    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(1);

    private readonly Laboratory _lab = new();
    private readonly List<ArrivalListener> _listeners = [];
    private readonly AttackLink _link;
    private readonly IHost _host;
    private int _lastFlow;

    private ArrivalGround()
    {
        _link = new AttackLink(_lab);
        foreach (var port in ArrivalServices.Ports)
        {
            foreach (var address in (string[])[Laboratory.PlainAddress, Laboratory.PlainAddressV6])
                _listeners.Add(new ArrivalListener(_lab.Server, new IPEndPoint(IPAddress.Parse(address), port)));
        }

        IpAddress[] addresses = [AttackLink.Service, AttackLink.ServiceV6];
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddSingleton<ILink>(_lab.Server.Run(() => TunLink.Open(new TunLinkSettings("as0", addresses))));
        var stack = builder.Services.AddActorStack(options =>
        {
            options.Addresses.Add($"{Laboratory.VirtualAddress}/32");
            options.Addresses.Add($"{Laboratory.VirtualAddressV6}/128");
            (options.Kernel, options.Toe, options.DrainLimit) = (EngineMode.Off, EngineMode.Off, TimeSpan.Zero);
        });
        foreach (var port in ArrivalServices.Ports) stack.AddConnectionHandler<ArrivalHandler>($"arrival-{port}", port);
        _host = builder.Build();
    }

    public static async Task<ArrivalGround> StartAsync()
    {
        var ground = new ArrivalGround();
        await ground._host.StartAsync(Patience.Token());
        return ground;
    }

    /// <summary>What Linux and the stack answer, by case; a case that could not be brought about is left out.</summary>
    public Dictionary<ArrivalCell, (string Linux, string Stack)> Run(IEnumerable<ArrivalCell> cells)
    {
        var pairs = cells.Select(cell => (Linux: NewFlow(cell, isLinux: true), Stack: NewFlow(cell, isLinux: false))).ToList();
        var flows = pairs.SelectMany(pair => (ArrivalFlow[])[pair.Linux, pair.Stack]).ToDictionary(flow => flow.Flow);
        var answers = new ArrivalAnswers(_link, flows);
        var ready = flows.Values.ToHashSet();
        Advance(ready, answers);
        foreach (var flow in ready) flow.Test();
        Pump(answers, () => false, Silence);
        foreach (var flow in flows.Values) flow.End();
        return pairs.Where(pair => ready.Contains(pair.Linux) && ready.Contains(pair.Stack))
            .ToDictionary(pair => pair.Linux.Cell, pair => (pair.Linux.Answer, pair.Stack.Answer));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
        _link.Dispose();
        _lab.Dispose();
    }

    /// <summary>Step by step, all flows side by side; who gets stuck is out.</summary>
    private void Advance(HashSet<ArrivalFlow> ready, ArrivalAnswers answers)
    {
        var steps = ready.ToDictionary(flow => flow, flow => flow.Steps().GetEnumerator());
        while (true)
        {
            var moving = ready.Where(flow => steps[flow].MoveNext()).ToList();
            if (moving.Count == 0) return;
            foreach (var flow in moving) steps[flow].Current.Send();
            Pump(answers, () => moving.TrueForAll(flow => steps[flow].Current.IsDone()), StepLimit);
            ready.RemoveWhere(flow => moving.Contains(flow) && !steps[flow].Current.IsDone());
        }
    }

    private void Pump(ArrivalAnswers answers, Func<bool> isDone, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        for (_link.Drain(answers); !isDone() && clock.Elapsed < limit; _link.Drain(answers)) _link.Wait(limit - clock.Elapsed);
    }

    /// <summary>From many sources, so that no limit of a source is met.</summary>
    private ArrivalFlow NewFlow(ArrivalCell cell, bool isLinux)
    {
        var number = ++_lastFlow;
        var server = (isLinux, cell.IPv6) switch
        {
            (true, true) => IpAddress.Parse(Laboratory.PlainAddressV6),
            (true, false) => IpAddress.Parse(Laboratory.PlainAddress),
            (false, true) => AttackLink.ServiceV6,
            _ => AttackLink.Service,
        };
        var source = cell.IPv6 ? AttackLink.SourceV6(number) : AttackLink.Source(number % 200 << 8 | 1);
        var flow = new FlowKey(
            new TcpEndpoint(source, (ushort)(10_000 + number)),
            new TcpEndpoint(server, (ushort)ArrivalServices.PortFor(cell.State)));
        return new ArrivalFlow(_link, cell, flow);
    }
}
