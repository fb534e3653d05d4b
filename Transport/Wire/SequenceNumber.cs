namespace ActorStack.Transport.Wire;

/// <summary>A TCP sequence number: 32 bits, compared modulo 2^32 (RFC 9293 section 3.4).</summary>
public readonly record struct SequenceNumber(uint Value)
{
    /// <summary>The number that many after this one.</summary>
    public static SequenceNumber operator +(SequenceNumber left, int right) => new(unchecked(left.Value + (uint)right));

    /// <summary>The number that many after this one.</summary>
    public static SequenceNumber operator +(SequenceNumber left, uint right) => new(unchecked(left.Value + right));

    /// <summary>The number that many before this one.</summary>
    public static SequenceNumber operator -(SequenceNumber left, int right) => new(unchecked(left.Value - (uint)right));

    /// <summary>Signed distance from <paramref name="right"/> to <paramref name="left"/>; exact while below 2^31.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => unchecked((int)(left.Value - right.Value));

    /// <summary>The left number comes before the right one.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    /// <summary>The left number comes after the right one.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    /// <summary>The left number comes before the right one or is the same.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    /// <summary>The left number comes after the right one or is the same.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    /// <summary>The later of two numbers.</summary>
    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left >= right ? left : right;

    /// <summary>The earlier of two numbers.</summary>
    public static SequenceNumber Min(SequenceNumber left, SequenceNumber right) => left <= right ? left : right;

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString();
}
