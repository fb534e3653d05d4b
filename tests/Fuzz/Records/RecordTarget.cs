using ActorStack.Actors.Persistence;
using ActorStack.Actors.Serialization;
using ActorStack.Actors.Serialization.Legacy;
using ActorStack.Transport.State;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Records;

/// <summary>
/// What another node may send as a connection: bytes, a table of sections under a right envelope, a real record of this version
/// or of the first with some of its fields changed, chunks of payload. It is refused as a format error, or it is one that a
/// connection goes on with.
/// </summary>
internal static class RecordTarget
{
    /// <summary>Refusing costs a few times the input: its text, and what Hyperion reads before it fails.</summary>
    private const int AllocationFactor = 64;

    private const int AllocationBase = 1 << 20;

    private static readonly HyperionStateCodec Codec = HyperionStateCodec.Instance;
    private static readonly HyperionFormat Flat = new(1, [typeof(FlatRecord1), typeof(TcpState)], [typeof(byte[][])]);
    private static readonly HyperionFormat Event = new(1, [typeof(ConnectionEvents.Closed)], []);
    private static readonly ConnectionEvents.Closed Ended = new("", 0, 0, DateTimeOffset.UnixEpoch);
    private static readonly ConnectionImage[] Real = RealRecords.Create();
    private static readonly FlatRecord1[] RealFlat =
        [.. RealRecords.Version1().Select(bytes => (FlatRecord1)Flat.Read(bytes, out _))];

    /// <summary>Hyperion makes its code when it reads for the first time.</summary>
    static RecordTarget()
    {
        Codec.Decode(Codec.Encode(Real[0].State));
        Codec.Decode(Flat.Write(RealFlat[0], RealFlat[0].Epoch));
        Event.Read(Event.Write(Ended, epoch: 0), out _);
    }

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        var choice = input.Byte();
        if ((choice & 3) == 3)
        {
            var real = RealFlat[input.Byte() % RealFlat.Length];
            var changed = FlatChanges.Apply(real with { }, input);
            Decode(Flat.Write(changed, changed.Epoch));
            return;
        }

        switch ((choice >> 2) % 7)
        {
            case 0:
                Decode(input.Rest());
                break;
            case 1:
                Decode(Seal(input.Rest(), Codec.Encode(Real[0].State)));
                break;
            case 2:
                Decode(Seal(input.Rest(), Flat.Write(RealFlat[0], epoch: 0)));
                break;
            case 3:
                ReadEvent(Seal(input.Rest(), Event.Write(Ended, epoch: 0)));
                break;
            case 4:
                Decode(Codec.Encode(SectionChanges.ApplyToFields(Real[input.Byte() % Real.Length].State, input)));
                break;
            case 5:
                Decode(SectionChanges.ApplyToTable(Codec.Encode(Real[input.Byte() % Real.Length].State), input));
                break;
            default:
                PayloadChunks.Run(Real[input.Byte() % Real.Length], input);
                break;
        }
    }

    private static void Decode(ReadOnlyMemory<byte> bytes)
    {
        if (Bounded(bytes.Length, () => Codec.Decode(bytes)) is not { } decoded) return;
        var written = Codec.Encode(decoded.State);
        Require(written.AsSpan().SequenceEqual(Codec.Encode(Codec.Decode(written).State)),
            "a record reads otherwise than it was written");
        ImportedRecord.Run(decoded);
    }

    private static void ReadEvent(ReadOnlyMemory<byte> bytes) => Bounded(bytes.Length, () => Event.Read(bytes, out _));

    /// <summary>Null where it was refused.</summary>
    private static T? Bounded<T>(int length, Func<T> read)
        where T : class
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        T? value = null;
        try
        {
            value = read();
        }
        catch (FormatException)
        {
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Require(allocated <= AllocationBase + (long)length * AllocationFactor,
            $"{length} bytes made the reader allocate {allocated}");
        return value;
    }

    /// <summary>
    /// The content under the header of a value that was written here, so that only what reads the content is left to refuse it.
    /// </summary>
    private static byte[] Seal(ReadOnlyMemory<byte> content, byte[] written)
    {
        var bytes = new byte[Envelope.HeaderLength + content.Length];
        content.CopyTo(bytes.AsMemory(Envelope.HeaderLength));
        Envelope.Open(written).Seal(bytes);
        return bytes;
    }
}
