using System.Buffers.Binary;
using System.Reflection;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// The exact grammar of the bytes that Hyperion writes for one flat type. Input is checked before Hyperion reads it, because
/// Hyperion trusts every length (it allocates an array of 2 GB for five bytes), follows nesting until the stack overflows, and
/// reads missing bytes as zeros.
/// </summary>
internal sealed class BlobGrammar
{
    private const byte NamedType = 255;
    private const byte KnownType = 254;
    private const byte PrimitiveArray = 252;
    private const byte ByteArray = 9;
    private const byte LongString = 255;
    private const byte NullString = 0;

    private static readonly byte[] RunsName = Encoding.ASCII.GetBytes("System.Byte[][], System.Private.CoreLib,%core%");

    private readonly FieldInfo[] _fields;
    private readonly Type[] _knownTypes;

    /// <param name="knownTypes">The type itself first, then the enumerations among its fields.</param>
    public BlobGrammar(Type[] knownTypes)
    {
        _knownTypes = knownTypes;

        // Hyperion's order is by name, in the current culture.
        _fields = [.. knownTypes[0]
            .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .OrderBy(field => field.Name)];

        var crc = new Crc32C();
        foreach (var field in _fields) crc.Append(Encoding.UTF8.GetBytes($"{field.Name}:{field.FieldType.Name};"));
        Layout = crc.Value;
    }

    /// <summary>A fingerprint of the fields and their order, because blobs carry no names.</summary>
    public uint Layout { get; }

    /// <summary>Throws <see cref="FormatException"/> naming the field that is wrong.</summary>
    public void Check(ReadOnlySpan<byte> blob)
    {
        var rest = blob;
        if (!TryTake(ref rest, KnownType) || !TrySkipIndex(ref rest, 0))
            throw new FormatException($"{_knownTypes[0].Name} expected, found another type");

        foreach (var field in _fields)
        {
            if (!TrySkip(ref rest, field.FieldType))
                throw new FormatException(
                    $"{_knownTypes[0].Name}: {field.Name} is not readable at byte {blob.Length - rest.Length}");
        }

        if (rest.Length > 0) throw new FormatException($"{_knownTypes[0].Name}: {rest.Length} bytes follow the value");
    }

    private bool TrySkip(ref ReadOnlySpan<byte> rest, Type type) => type switch
    {
        _ when type == typeof(bool) || type == typeof(byte) => TrySkipBytes(ref rest, 1),
        _ when type == typeof(ushort) => TrySkipBytes(ref rest, sizeof(ushort)),
        _ when type == typeof(int) || type == typeof(uint) => TrySkipBytes(ref rest, sizeof(int)),
        _ when type == typeof(long) || type == typeof(double) => TrySkipBytes(ref rest, sizeof(long)),
        _ when type == typeof(DateTimeOffset) => TrySkipTime(ref rest),
        _ when type == typeof(string) => TrySkipString(ref rest),
        _ when type == typeof(byte[]) => TrySkipByteArray(ref rest),
        _ when type == typeof(uint[]) => TrySkipPrimitives(ref rest, manifest: 18, sizeof(uint)),
        _ when type == typeof(long[]) => TrySkipPrimitives(ref rest, manifest: 2, sizeof(long)),
        _ when type == typeof(byte[][]) => TrySkipRuns(ref rest),
        { IsEnum: true } => TryTake(ref rest, KnownType) && TrySkipIndex(ref rest, Array.IndexOf(_knownTypes, type))
            && TrySkip(ref rest, Enum.GetUnderlyingType(type)),
        _ => throw new NotSupportedException($"{_knownTypes[0].Name} has a field of {type}, which no grammar is known for"),
    };

    private static bool TrySkipString(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] == NullString) return false;
        if (!TryTake(ref rest, LongString)) return TrySkipBytes(ref rest, rest[0]);
        return TryTakeLength(ref rest, 1, out var length) && TrySkipBytes(ref rest, length);
    }

    private static bool TrySkipByteArray(ref ReadOnlySpan<byte> rest) =>
        TryTake(ref rest, ByteArray) && TryTakeLength(ref rest, 1, out var length) && TrySkipBytes(ref rest, length);

    private static bool TrySkipPrimitives(ref ReadOnlySpan<byte> rest, byte manifest, int size) =>
        TryTake(ref rest, PrimitiveArray) && TryTake(ref rest, manifest)
        && TryTakeLength(ref rest, size, out var count) && TrySkipBytes(ref rest, count * size);

    private static bool TrySkipRuns(ref ReadOnlySpan<byte> rest)
    {
        if (!TryTake(ref rest, NamedType) || !TryTakeLength(ref rest, 1, out var length)) return false;
        if (!rest[..length].SequenceEqual(RunsName) || !TrySkipBytes(ref rest, length)) return false;
        if (!TryTakeLength(ref rest, 1 + sizeof(int), out var count)) return false;
        for (var run = 0; run < count; run++)
        {
            if (!TrySkipByteArray(ref rest)) return false;
        }

        return true;
    }

    /// <summary>
    /// Reads the ticks of the local time and of the offset from UTC; only values that a clock can show are valid.
    /// </summary>
    private static bool TrySkipTime(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2 * sizeof(long)) return false;
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(rest);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(rest[sizeof(long)..]);
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            && offset >= -14 * TimeSpan.TicksPerHour && offset <= 14 * TimeSpan.TicksPerHour
            && offset % TimeSpan.TicksPerMinute == 0
            && ticks - offset >= 0 && ticks - offset <= DateTime.MaxValue.Ticks
            && TrySkipBytes(ref rest, 2 * sizeof(long));
    }

    private static bool TrySkipIndex(ref ReadOnlySpan<byte> rest, int index) =>
        rest.Length >= sizeof(ushort) && BinaryPrimitives.ReadUInt16LittleEndian(rest) == index
            && TrySkipBytes(ref rest, sizeof(ushort));

    /// <summary>
    /// Reads a count of elements of at least <paramref name="size"/> bytes each; the remaining bytes must have room for them.
    /// </summary>
    private static bool TryTakeLength(ref ReadOnlySpan<byte> rest, int size, out int count)
    {
        count = 0;
        if (rest.Length < sizeof(int)) return false;
        count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[sizeof(int)..];
        return count >= 0 && count <= rest.Length / size;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, byte value)
    {
        if (rest.IsEmpty || rest[0] != value) return false;
        rest = rest[1..];
        return true;
    }

    private static bool TrySkipBytes(ref ReadOnlySpan<byte> rest, int count)
    {
        if (rest.Length < count) return false;
        rest = rest[count..];
        return true;
    }
}
