using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

/// <summary>Segments with every field drawn from a seed.</summary>
internal static class RandomSegments
{
    public static OutboundSegment Next(Random random, bool isIPv6, int maximumPayload)
    {
        var payload = new byte[random.Next(0, maximumPayload + 1)];
        random.NextBytes(payload);
        return new OutboundSegment
        {
            Flow = new FlowKey(Endpoint(random, isIPv6), Endpoint(random, isIPv6)),
            Sequence = new SequenceNumber(Word(random)),
            Acknowledgment = new SequenceNumber(Word(random)),
            Flags = (TcpFlags)random.Next(256),
            Window = (ushort)random.Next(65_536),
            UrgentPointer = (ushort)random.Next(65_536),
            Options = Options(random),
            MaximumPayload = payload.Length,
            HopLimit = (byte)random.Next(1, 256),
            TrafficClass = (byte)random.Next(256),
            Payload = random.Next(2) == 0 ? new ReadOnlySequence<byte>(payload) : Sequences.Split(payload, random, 97),
        };
    }

    public static TcpOptions Options(Random random)
    {
        var options = new TcpOptions
        {
            MaximumSegmentSize = random.Next(2) == 0 ? (ushort)0 : (ushort)random.Next(1, 65_536),
            HasWindowScale = random.Next(2) == 0,
            SackPermitted = random.Next(2) == 0,
            HasTimestamps = random.Next(2) == 0,
        };
        if (options.HasWindowScale) options.WindowScale = (byte)random.Next(256);
        if (options.HasTimestamps) (options.TimestampValue, options.TimestampEcho) = (Word(random), Word(random));

        // As many blocks as surely find room beside the other options.
        options.SackCount = (byte)random.Next(options.HasTimestamps ? 3 : 4);
        if (options is { MaximumSegmentSize: > 0, HasWindowScale: true })
            options.SackCount = Math.Min(options.SackCount, (byte)1);
        for (var i = 0; i < options.SackCount; i++)
            options.Sack[i] = new SackBlock(new SequenceNumber(Word(random)), new SequenceNumber(Word(random)));
        return options;
    }

    private static TcpEndpoint Endpoint(Random random, bool isIPv6)
    {
        var address = new byte[isIPv6 ? 16 : 4];
        random.NextBytes(address);
        address[0] = isIPv6 ? (byte)0xFD : (byte)10;
        return new TcpEndpoint(IpAddress.Read(address), (ushort)random.Next(1, 65_536));
    }

    private static uint Word(Random random) => (uint)random.NextInt64(1L << 32);
}
