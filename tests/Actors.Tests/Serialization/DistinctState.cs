using System.Reflection;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>A record in which no two fields have the same value, found by reflection so that a new field takes part.</summary>
internal static class DistinctState
{
    public static IReadOnlyList<(PropertyInfo Section, PropertyInfo Field)> Fields { get; } =
    [
        .. from section in typeof(TcpConnectionState).GetProperties()
           where section.CanWrite
           from field in section.PropertyType.GetProperties()
           where field.CanWrite
           select (section, field),
    ];

    public static TcpConnectionState Create()
    {
        var state = new TcpConnectionState();
        var number = 1;
        foreach (var section in Fields.Select(entry => entry.Section).Distinct())
        {
            // A new record shares its sections with others.
            section.SetValue(state, Activator.CreateInstance(section.PropertyType));
        }

        foreach (var (section, field) in Fields) field.SetValue(section.GetValue(state), Value(section.Name, field, number++));
        return state;
    }

    /// <summary>Every field with its value as text, so that arrays compare by content.</summary>
    public static IEnumerable<string> Show(TcpConnectionState state) =>
        Fields.Select(
            entry => $"{entry.Section.Name}.{entry.Field.Name}={Show(entry.Field.GetValue(entry.Section.GetValue(state)))}");

    private static string Show(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        Array numbers => string.Join(',', numbers.Cast<object>()),
        _ => value?.ToString() ?? "null",
    };

    private static object Value(string section, PropertyInfo field, int number) => $"{section}.{field.Name}" switch
    {
        "Identity.LocalAddress" => new byte[] { 10, 9, 0, 1 },
        "Identity.RemoteAddress" => new byte[] { 10, 9, 0, 2 },
        "Identity.State" => TcpState.CloseWait,
        "Negotiated.SndWindScale" => (byte)9,
        "Negotiated.RcvWindScale" => (byte)10,
        "Send.SndUna" => 4_100_000_001,
        "Send.SndMax" => 4_100_000_021, // the FIN is the last of these
        "Queues.OutOfOrderSequences" => new uint[] { 4_000_000_001, 4_000_001_001 },
        "Queues.OutOfOrderLengths" => new uint[] { 3, (uint)number },
        "Recovery.State" => (byte)3,
        "Undo.ForwardRtoPhase" => (byte)2,
        "Scoreboard.RunSequences" => new uint[] { 4_100_000_001, 4_100_000_013 },
        "Scoreboard.RunFlags" => new byte[] { 10, 1 },
        "Scoreboard.RunSegmentSizes" => new uint[] { 1448, (uint)number },
        "Scoreboard.RunSegments" => new uint[] { 3, 8 },
        _ => Value(field.PropertyType, number),
    };

    private static object Value(Type type, int number) => type switch
    {
        _ when type == typeof(bool) => true,
        _ when type == typeof(byte) => (byte)number,
        _ when type == typeof(ushort) => (ushort)(50_000 + number),
        _ when type == typeof(int) => 1_000_000 + number,
        _ when type == typeof(uint) => 3_000_000_000 + (uint)number,
        _ when type == typeof(long) => 5_000_000_000 + number,
        _ when type == typeof(string) => $"text {number}",
        _ when type == typeof(byte[]) => new byte[] { 200, (byte)number },
        _ when type == typeof(uint[]) => new uint[] { 7, (uint)number },
        _ when type == typeof(long[]) => new long[] { -1, number },
        _ => throw new NotSupportedException($"teach {nameof(DistinctState)} a value of {type}"),
    };
}
