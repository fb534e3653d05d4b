using System.IO.Hashing;
using System.Reflection;
using System.Text;
using ActorStack.Transport.State;

namespace ActorStack.Fuzz.Records;

/// <summary>Changes of single fields, as an input chooses them.</summary>
internal static class FieldChanges
{
    private static readonly long[] Extremes = [0, 1, -1, long.MaxValue, long.MinValue, uint.MaxValue, int.MaxValue, int.MinValue];

    /// <summary>A number for a name that another name hardly disturbs, so that inputs keep their meaning.</summary>
    public static byte NumberOf(string name) => (byte)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(name));

    public static void Change(object target, PropertyInfo field, FuzzInput input) =>
        field.SetValue(target, Value(input, field, field.GetValue(target)));

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
