namespace ActorStack.Transport.Tests.Wire;

/// <summary>RFC 1071 section 4.1, word by word.</summary>
internal static class NaiveChecksum
{
    public static ushort Compute(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
