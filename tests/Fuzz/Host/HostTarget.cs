using ActorStack.Fuzz.Wire;
using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Host;

/// <summary>
/// A host under packets from many hostile sources: segments of any kind to open and shut ports, cookies true and forged, ICMP,
/// fragments, and time. Its counts must stay true and bounded, and an honest connection must still be served.
/// </summary>
internal sealed class HostTarget
{
    private const int MaximumSteps = 300;
    private const int MaximumConnections = 20;
    private const ushort OpenPort = 7;

    private static readonly IpAddress[] Local = [IpAddress.Parse("10.9.0.1"), IpAddress.Parse("fd00:9::1")];

    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Fin, TcpFlags.Rst,
        TcpFlags.Syn | TcpFlags.Ack,
        TcpFlags.Syn | TcpFlags.Fin, TcpFlags.None, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Rst | TcpFlags.Ack,
        TcpFlags.Syn | TcpFlags.Rst,
    ];

    private readonly FuzzInput _input;
    private readonly HostPair _pair;
    private readonly Listener _listener;
    private readonly Dictionary<FlowKey, (uint Sequence, uint Acknowledgment)> _answers = [];
    private TimeSpan _now = TimeSpan.FromSeconds(1);

    private HostTarget(FuzzInput input)
    {
        _input = input;
        _pair = new HostPair(
            seed: 1, new HostSettings([IpAddress.Parse("10.0.255.1"), IpAddress.Parse("fd00:ff::1")]) { Seed = 1 },
            new HostSettings(Local)
            {
                Seed = 2,
                MaximumConnections = MaximumConnections,
                MaximumConnectionsPerSource = MaximumConnections / 2,
                MaximumHalfOpen = 8,
                MaximumTimeWaits = 16,
            });
        _listener = _pair.Server.Listen(OpenPort, backlog: 4);
    }

    private TcpHost Host => _pair.Server.Host;

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var target = new HostTarget(new FuzzInput(bytes));
        for (var step = 0; step < MaximumSteps && !target._input.IsEmpty; step++) target.Step();
        target.ServeHonestClient();
    }

    private void Step()
    {
        var operation = _input.Byte();
        switch (operation & 7)
        {
            case 6:
                _now += TimeSpan.FromMilliseconds(1 << (operation >> 3 & 15));
                _pair.Server.OnTime(_now);
                break;
            case 7:
                Arrive(Arbitrary());
                break;
            default:
                Arrive(Segment(operation));
                break;
        }

        NoteAnswers();
        Check();
    }

    /// <summary>From one of 32 flows; numbers are often those that the host waits for.</summary>
    private byte[] Segment(byte operation)
    {
        var (source, choice) = (_input.Byte(), _input.Byte());
        var isIPv6 = (source & 1) != 0;
        var address = IpAddress.Parse(isIPv6 ? $"fd00:{source >> 1 & 3:x}::1" : $"10.0.{source >> 1 & 3}.1");
        var local = new TcpEndpoint(Local[isIPv6 ? 1 : 0], (operation & 8) == 0 ? OpenPort : (ushort)9);
        var flow = new FlowKey(new TcpEndpoint(address, (ushort)(40_000 + (source >> 3 & 3))), local);
        var (sequence, acknowledgment) = _answers.GetValueOrDefault(flow, (1_000u, _input.IsEmpty ? 0u : 77u));
        if ((choice & 64) != 0) sequence += (uint)_input.Distance();
        if ((choice & 128) != 0) acknowledgment += (uint)_input.Distance();
        var options = default(TcpOptions);
        if ((choice & 16) != 0)
        {
            options.HasTimestamps = true;
            options.TimestampValue = _input.UInt32();
            options.SackPermitted = true;
        }

        if ((choice & 32) != 0) options.MaximumSegmentSize = (ushort)(1 + _input.Size() % 9_000);
        return HostPackets.Write(
            flow, Flags[(choice & 15) % Flags.Length], sequence, acknowledgment, _input.Take(operation >> 4), options);
    }

    private byte[] Arbitrary()
    {
        var packet = _input.Take(_input.Byte()).ToArray();
        PacketRepair.IpChecksum(packet);
        PacketRepair.TransportChecksum(packet);
        return packet;
    }

    private void Arrive(byte[] packet) => _pair.Server.Arrive(packet, _now);

    /// <summary>What the host answers tells the numbers it waits for next.</summary>
    private void NoteAnswers()
    {
        for (var sent = 0; _pair.Server.TakeOutput() is { } packet; sent++)
        {
            Require(sent < 200, "a packet had more than 200 answers");
            PacketReader.Read(packet, checksumVerified: false, segmentSize: 0, out var read);
            Require(read.Kind is PacketKind.Tcp or PacketKind.Icmp,
                $"the host sent a packet that is {read.Kind}, {read.Malformation}");
            if (read.Kind is PacketKind.Tcp) _answers[read.Flow] = (read.Tcp.Acknowledgment.Value, read.Tcp.End.Value);
        }
    }

    private void Check()
    {
        Require(Host.Flows.Count == _pair.Server.Connections.Count, "a flow without a connection");
        Require(Host.Flows.Count <= MaximumConnections, $"{Host.Flows.Count} flows");
        Require(_listener.HalfOpen is >= 0 and <= MaximumConnections, $"{_listener.HalfOpen} half-open connections");
        Require(Host.Sources.HalfOpen == _listener.HalfOpen, "the counts of half-open connections differ");
        Require(Host.TimeWaits.Count <= 16, $"{Host.TimeWaits.Count} flows in TIME-WAIT");
    }

    /// <summary>After the hostile sources have fallen silent and their connections are given up.</summary>
    private void ServeHonestClient()
    {
        _pair.Server.Reset(_now);
        NoteAnswers();
        Require(Host.Flows.Count == 0, "flows that are over stand in the table");
        Require(_listener.HalfOpen == 0 && Host.Sources.MostConnections == 0, "connections that are over still count");
        _pair.Now = _now;
        var honest = _pair.Client.Connect(new TcpEndpoint(Local[0], OpenPort), 3_000, _pair.Now);
        Require(_pair.Run(TimeSpan.FromMinutes(5), () => honest.IsDone), "an honest connection was not served");
    }
}
