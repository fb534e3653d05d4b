using System.IO.Hashing;
using System.Reflection;
using System.Text;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Records;

/// <summary>
/// What another node may send as a record: bytes, a blob under a right envelope, or a real record with some of its fields changed. It is
/// refused as a format error, or it is one that a connection goes on with.
/// </summary>
internal static class RecordTarget
{
    /// <summary>Refusing costs a few times the input: its text, and what Hyperion reads before it fails.</summary>
    private const int AllocationFactor = 64;

    private const int AllocationBase = 1 << 20;

    private static readonly long[] Extremes = [0, 1, -1, long.MaxValue, long.MinValue, uint.MaxValue, int.MaxValue, int.MinValue];
    private static readonly HyperionStateCodec Codec = HyperionStateCodec.Instance;
    private static readonly HyperionFormat Event = new(1, [typeof(ConnectionEvents.Closed)], []);
    private static readonly ConnectionEvents.Closed Ended = new("", 0, 0, DateTimeOffset.UnixEpoch);
    private static readonly TcpConnectionState[] Real = RealRecords.Create();

    /// <summary>In an order that a new field hardly disturbs, so that inputs keep their meaning.</summary>
    private static readonly (byte Number, PropertyInfo Field)[] Fields =
    [
        .. typeof(TcpConnectionState).GetProperties().Where(field => field.CanWrite)
            .Select(field => ((byte)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(field.Name)), field))
            .OrderBy(entry => entry.Item1).ThenBy(entry => entry.field.Name, StringComparer.Ordinal),
    ];

    /// <summary>Hyperion makes its code when it reads for the first time.</summary>
    static RecordTarget()
    {
        Codec.Decode(Codec.Encode(Real[0]));
        Event.Read(Event.Write(Ended, epoch: 0), out _);
    }

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        switch (input.Byte() & 3)
        {
            case 0:
                Decode(input.Rest());
                break;
            case 1:
                Decode(Seal(input.Rest(), Codec.Encode(Real[0])));
                break;
            case 2:
                ReadEvent(Seal(input.Rest(), Event.Write(Ended, epoch: 0)));
                break;
            default:
                Decode(Codec.Encode(Changed(input)));
                break;
        }
    }

    private static void Decode(ReadOnlyMemory<byte> bytes)
    {
        if (Bounded(bytes.Length, () => Codec.Decode(bytes)) is not { } record) return;
        Require(Codec.Encode(record).AsSpan().SequenceEqual(Codec.Encode(Codec.Decode(Codec.Encode(record)))), "a record reads otherwise than it was written");
        ImportedRecord.Run(record);
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
        Require(allocated <= AllocationBase + (long)length * AllocationFactor, $"{length} bytes made the reader allocate {allocated}");
        return value;
    }

    /// <summary>The blob under the header of a value that was written here, so that only the grammar and Hyperion are left to refuse it.</summary>
    private static byte[] Seal(ReadOnlyMemory<byte> blob, byte[] written)
    {
        var bytes = new byte[Envelope.HeaderLength + blob.Length];
        blob.CopyTo(bytes.AsMemory(Envelope.HeaderLength));
        Envelope.Open(written).Seal(bytes);
        return bytes;
    }

    private static TcpConnectionState Changed(FuzzInput input)
    {
        var real = Real[input.Byte() % Real.Length];
        var record = real with { };
        while (!input.IsEmpty)
        {
            var number = input.Byte();
            var field = Fields.FirstOrDefault(entry => entry.Number >= number, Fields[0]).Field;
            field.SetValue(record, Value(input, field, field.GetValue(record)));
        }

        return record;
    }

    private static object? Value(FuzzInput input, PropertyInfo field, object? old) => old switch
    {
        bool value => !value,
        byte => input.Byte(),
        ushort => (ushort)input.UInt32(),
        int value => (int)Number(input, value),
        uint value => (uint)Number(input, value),
        long value => Number(input, value),
        string => input.Byte() % 2 == 0 ? "bbr" : "",
        TcpState => (TcpState)(input.Byte() % 12),
        byte[] value => Resized(value, input, _ => input.Byte()),
        uint[] value => Resized(value, input, item => (uint)Number(input, item)),
        long[] value => Resized(value, input, item => Number(input, item)),
        byte[][] value => Resized(value, input, _ => new byte[input.Byte()]),
        _ => throw new NotSupportedException($"{field.Name} is {field.PropertyType}"),
    };

    /// <summary>An extreme, a neighbour of what was, or any.</summary>
    private static long Number(FuzzInput input, long old)
    {
        var choice = input.Byte();
        return (choice & 3) switch
        {
            0 => Extremes[(choice >> 2) % Extremes.Length],
            1 => old + (sbyte)input.Byte(),
            2 => old + input.Distance() * 1024L,
            _ => input.Int64(),
        };
    }

    private static T[] Resized<T>(T[] old, FuzzInput input, Func<T, T> change)
    {
        var choice = input.Byte();
        int[] lengths = [old.Length, Math.Max(0, old.Length - 1), old.Length + 1, choice >> 2];
        var length = lengths[choice & 3];
        var changed = new T[length];
        Array.Copy(old, changed, Math.Min(old.Length, length));
        if (changed is byte[][] runs && length > old.Length) Array.Fill(runs, [], old.Length, length - old.Length);
        if (length > 0 && (choice & 128) != 0) changed[choice % length] = change(changed[choice % length]);
        return changed;
    }
}
