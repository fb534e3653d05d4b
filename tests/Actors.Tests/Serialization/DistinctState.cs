using System.Reflection;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>A record in which no two properties have the same value, found by reflection so that a new property takes part.</summary>
internal static class DistinctState
{
    public static IReadOnlyList<PropertyInfo> Properties { get; } =
        [.. typeof(TcpConnectionState).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    public static TcpConnectionState Create()
    {
        var state = new TcpConnectionState();
        var number = 1;
        foreach (var property in Properties) property.SetValue(state, Value(property, number++));
        return state;
    }

    /// <summary>The value as text, so that arrays compare by content.</summary>
    public static string Show(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        byte[][] runs => string.Join('|', runs.Select(Convert.ToHexString)),
        Array numbers => string.Join(',', numbers.Cast<object>()),
        _ => value?.ToString() ?? "null",
    };

    private static object Value(PropertyInfo property, int number) => property.Name switch
    {
        nameof(TcpConnectionState.Version) => TcpConnectionState.CurrentVersion,
        nameof(TcpConnectionState.LocalAddress) => new byte[] { 10, 9, 0, 1 },
        nameof(TcpConnectionState.RemoteAddress) => new byte[] { 10, 9, 0, 2 },
        nameof(TcpConnectionState.SndWindScale) => (byte)9,
        nameof(TcpConnectionState.RcvWindScale) => (byte)10,
        nameof(TcpConnectionState.State) => TcpState.CloseWait,
        nameof(TcpConnectionState.OutOfOrderSequences) => new uint[] { 4_000_000_001, 4_000_001_001 },
        nameof(TcpConnectionState.OutOfOrderData) => new byte[][] { [1, 2, 3], [4, 5] },
        nameof(TcpConnectionState.SndUna) => 4_100_000_001,
        nameof(TcpConnectionState.SndMax) => 4_100_000_021,
        nameof(TcpConnectionState.Unacknowledged) => Enumerable.Range(number, 19).Select(value => (byte)value).ToArray(), // and the FIN
        nameof(TcpConnectionState.RecoveryState) => (byte)3,
        nameof(TcpConnectionState.ForwardRtoPhase) => (byte)2,
        nameof(TcpConnectionState.RunSequences) => new uint[] { 4_100_000_001, 4_100_000_013 },
        nameof(TcpConnectionState.RunFlags) => new byte[] { 10, 1 },
        nameof(TcpConnectionState.RunSegmentSizes) => new uint[] { 1448, (uint)number },
        nameof(TcpConnectionState.RunSegments) => new uint[] { 3, 8 },
        _ => Value(property.PropertyType, number),
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
        _ when type == typeof(uint[]) => new uint[] { 3_500_000_000 + (uint)number },
        _ when type == typeof(long[]) => new long[] { -1, number },
        _ => throw new NotSupportedException($"teach {nameof(DistinctState)} a value of {type}"),
    };
}
