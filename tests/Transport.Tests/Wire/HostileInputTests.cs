using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

/// <summary>
/// Whatever arrives: nothing throws, nothing allocates, and what is taken for a segment lies inside the packet.
/// </summary>
public sealed class HostileInputTests
{
    private const int Rounds = 250_000;

    private readonly byte[] _buffer = new byte[2_048];
    private readonly byte[] _reply = new byte[2_048];

    [Fact]
    public void RandomBytesNeitherThrowNorAllocate()
    {
        var random = new Random(91);
        AssertSilent(() =>
        {
            var length = random.Next(0, 200);
            random.NextBytes(_buffer.AsSpan(0, length));
            if (length > 0) _buffer[0] = (byte)((random.Next(2) == 0 ? 0x40 : 0x60) | (_buffer[0] & 0x0F));
            return length;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MangledPacketsNeitherThrowNorAllocate(bool isIPv6)
    {
        var random = new Random(92);
        var packets = Enumerable.Range(0, 64).Select(_ => Packets.Encode(RandomSegments.Next(random, isIPv6, 300))).ToArray();
        AssertSilent(() => Mangle(packets[random.Next(packets.Length)], random));
    }

    [Fact]
    public void MangledControlMessagesNeitherThrowNorAllocate()
    {
        var random = new Random(93);
        var packets = Enumerable.Range(0, 64).Select(index => IcmpAbout(random, isIPv6: index % 2 == 0)).ToArray();
        AssertSilent(() => Mangle(packets[random.Next(packets.Length)], random));
    }

    private void AssertSilent(Func<int> fill)
    {
        Check(1_000);
        var readable = 0;
        Assert.Equal(0, Allocations.Least(() => readable = Check(Rounds)));
        Assert.InRange(readable, 1, Rounds - 1);

        int Check(int rounds)
        {
            var count = 0;
            for (var round = 0; round < rounds; round++)
            {
                var length = fill();
                PacketReader.Read(_buffer.AsMemory(0, length), checksumVerified: round % 4 != 0, segmentSize: 0, out var packet);
                if (packet.Kind == PacketKind.Malformed != (packet.Malformation != Malformation.None))
                    throw new InvalidOperationException();
                if (packet.Payload.Length > length || packet.Tcp.Payload.Length > packet.Payload.Length)
                    throw new InvalidOperationException();
                if (packet.Tcp.Options.SackCount > SackBlocks.Capacity) throw new InvalidOperationException();
                if (packet.Kind != PacketKind.Malformed) count++;

                IcmpReader.TryRead(packet, out _);
                IcmpWriter.WriteEchoReply(_reply, packet, hopLimit: 64);
                VirtioNetHeader.Prepare(_buffer.AsSpan(0, length), segmentSize: 1_448);
            }

            return count;
        }
    }

    /// <summary>
    /// A few bytes changed, perhaps cut or lengthened, and often with the checksum of the IPv4 header made right again.
    /// </summary>
    private int Mangle(byte[] packet, Random random)
    {
        packet.CopyTo(_buffer, 0);
        var length = packet.Length;
        for (var changes = random.Next(4); changes > 0; changes--)
            _buffer[random.Next(Math.Min(length, 100))] = (byte)random.Next(256);
        if (random.Next(4) == 0) length = random.Next(length + 50);
        var headerLength = (_buffer[0] & 0x0F) * 4;
        if (_buffer[0] >> 4 == 4 && headerLength is >= 20 && random.Next(4) != 0)
        {
            _buffer.AsSpan(10, 2).Clear();
            var checksum = Checksum.Compute(_buffer.AsSpan(0, headerLength));
            (_buffer[10], _buffer[11]) = ((byte)(checksum >> 8), (byte)checksum);
        }

        return length;
    }

    /// <summary>
    /// A message of any type that quotes a segment. Its checksum is not right; three in four reads do not look at it.
    /// </summary>
    private static byte[] IcmpAbout(Random random, bool isIPv6)
    {
        var about = Packets.Encode(RandomSegments.Next(random, isIPv6, 100));
        var headerLength = isIPv6 ? 40 : 20;
        byte[] packet = [.. about.AsSpan(0, headerLength), (byte)random.Next(isIPv6 ? 5 : 13), (byte)random.Next(6), 0, 0, 0, 0,
            5, 0, .. about];
        if (random.Next(4) == 0) packet[headerLength] = isIPv6 ? (byte)128 : (byte)8;
        packet[isIPv6 ? 6 : 9] = isIPv6 ? (byte)58 : (byte)1;
        var length = packet.Length - (isIPv6 ? 40 : 0);
        var field = isIPv6 ? 4 : 2;
        (packet[field], packet[field + 1]) = ((byte)(length >> 8), (byte)length);
        return packet;
    }
}
