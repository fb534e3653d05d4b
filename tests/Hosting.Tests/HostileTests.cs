using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests;

/// <summary>What the network may throw at the service while it goes on serving.</summary>
public sealed class HostileTests
{
    private const int Packets = 50_000;
    private const long MostGrowth = 200L << 20;

    [LinuxFact]
    public Task Random_bytes_in_TCP_packets_do_no_harm() => AttackAsync((random, packet) =>
    {
        var length = 20 + random.Next(200);
        WriteIp(packet, length, source: 2);
        random.NextBytes(packet.AsSpan(20, length - 20));
        return length;
    });

    [LinuxFact]
    public Task Mangled_segments_do_no_harm() => AttackAsync((random, packet) =>
    {
        var length = WriteSyn(packet, random, source: 2);
        for (var i = random.Next(1, 4); i > 0; i--) packet[20 + random.Next(length - 20)] = (byte)random.Next(256);
        var cut = random.Next(4) == 0 ? 20 + random.Next(length - 20) : length;
        WriteIp(packet, cut, source: 2);
        return cut;
    });

    [LinuxFact]
    public Task A_flood_of_SYNs_from_everywhere_does_no_harm() =>
        AttackAsync((random, packet) => WriteSyn(packet, random, source: (byte)random.Next(3, 250)));

    /// <summary>Memory is bounded, connections that are there go on, and new ones are taken when it is over.</summary>
    private static async Task AttackAsync(Func<Random, byte[], int> write)
    {
        using var arena = await Arena.StartAsync();
        using var client = await arena.ConnectAsync(Ports.Echo);
        var exchange = new EchoExchange(client, seed: 1);
        await exchange.RunAsync(1_000_000);
        var before = await ReadMemoryAsync(arena);

        var attack = Task.Run(() => Flood(arena.Lab, write));
        do await exchange.RunAsync(10_000);
        while (!attack.IsCompleted);
        await attack;

        Assert.InRange(await ReadMemoryAsync(arena) - before, long.MinValue, MostGrowth);
        await exchange.RunAsync(1_000_000);
        using var another = await arena.ConnectAsync(Ports.Echo);
        await new EchoExchange(another, seed: 2).RunAsync(1_000_000);
    }

    private static void Flood(Laboratory lab, Func<Random, byte[], int> write)
    {
        // Raw, with IP headers of its own making: protocol IPPROTO_RAW.
        using var socket = lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));
        var target = new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), 0);
        var (random, packet) = (new Random(1), new byte[300]);
        for (var i = 0; i < Packets; i++)
        {
            var length = write(random, packet);
            socket.SendTo(packet.AsSpan(0, length), SocketFlags.None, target);
        }
    }

    private static void WriteIp(byte[] packet, int length, byte source)
    {
        packet.AsSpan(0, 20).Clear();
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        packet[8] = 64;
        packet[9] = 6;
        IPAddress.Parse($"10.8.0.{source}").TryWriteBytes(packet.AsSpan(12), out _);
        IPAddress.Parse(Laboratory.VirtualAddress).TryWriteBytes(packet.AsSpan(16), out _);
    }

    private static int WriteSyn(byte[] packet, Random random, byte source)
    {
        var segment = new OutboundSegment
        {
            Flow = new FlowKey(
                new TcpEndpoint(IpAddress.Parse($"10.8.0.{source}"), (ushort)random.Next(1024, 65536)),
                new TcpEndpoint(IpAddress.Parse(Laboratory.VirtualAddress), Ports.Echo)),
            Sequence = new SequenceNumber((uint)random.NextInt64(1L << 32)),
            Flags = TcpFlags.Syn,
            Window = 64_000,
            HopLimit = 64,
            Options = new TcpOptions { MaximumSegmentSize = 1460, HasWindowScale = true, WindowScale = 7, SackPermitted = true },
        };
        return PacketWriter.WriteHeaders(packet, segment, ChecksumMode.Full);
    }

    private static async Task<long> ReadMemoryAsync(Arena arena) =>
        (await arena.Lab.ReadMemoryAsync(Patience.Token())).WorkingSet;
}
