namespace ActorStack.Transport.Wire;

/// <summary>A TCP sequence number: 32 bits, compared modulo 2^32 (RFC 9293 section 3.4).</summary>
public readonly record struct SequenceNumber(uint Value)
{
    public static SequenceNumber operator +(SequenceNumber left, int right) => new(unchecked(left.Value + (uint)right));

    public static SequenceNumber operator +(SequenceNumber left, uint right) => new(unchecked(left.Value + right));

    public static SequenceNumber operator -(SequenceNumber left, int right) => new(unchecked(left.Value - (uint)right));

    /// <summary>Signed distance from <paramref name="right"/> to <paramref name="left"/>; exact while below 2^31.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => unchecked((int)(left.Value - right.Value));

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left >= right ? left : right;

    public static SequenceNumber Min(SequenceNumber left, SequenceNumber right) => left <= right ? left : right;

    public override string ToString() => Value.ToString();
}
