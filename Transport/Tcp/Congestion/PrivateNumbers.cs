namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// Reads the numbers that an algorithm exported, in their order. A record may come from anywhere: values out of range are brought
/// into it, and missing values read as the least.
/// </summary>
internal ref struct PrivateNumbers(ReadOnlySpan<long> numbers, TimeSpan now)
{
    /// <summary>Stands for no time.</summary>
    private const long Never = -1;

    private static readonly long LongestAge = TimeSpan.FromDays(36_500).Ticks;
    private readonly ReadOnlySpan<long> _numbers = numbers;
    private readonly TimeSpan _now = now;
    private int _next;

    public static long Write(bool flag) => flag ? 1 : 0;

    public static long Write(double number) => BitConverter.DoubleToInt64Bits(number);

    public static long Write(TimeSpan time, TimeSpan now) => (now - time).Ticks;

    public static long Write(TimeSpan? time, TimeSpan now) => time is { } past ? Write(past, now) : Never;

    public long Read(long least, long most) =>
        Math.Clamp(_next < _numbers.Length ? _numbers[_next++] : least, least, most);

    public uint ReadBytes(uint most = uint.MaxValue) => (uint)Read(0, most);

    public bool ReadFlag() => Read(0, 1) == 1;

    public double ReadDouble(double least, double most)
    {
        var number = _next < _numbers.Length ? BitConverter.Int64BitsToDouble(_numbers[_next++]) : least;
        return double.IsNaN(number) ? least : Math.Clamp(number, least, most);
    }

    public TimeSpan ReadDuration() => new(Read(0, LongestAge));

    /// <summary>A time that lies in the past.</summary>
    public TimeSpan ReadTime() => _now - ReadDuration();

    public TimeSpan? ReadOptionalTime()
    {
        var age = Read(Never, LongestAge);
        return age == Never ? null : _now - new TimeSpan(age);
    }
}
