namespace ActorStack.Tests.Common.Simulation;

/// <summary>Endless bytes that tell their own position, so that a lost, doubled or swapped byte is seen where it is.</summary>
public static class TestPattern
{
    public static byte At(long position, int salt) => (byte)((((ulong)position + (ulong)salt * 7919) * 0x9E3779B97F4A7C15) >> 56);

    public static byte[] Take(long position, int count, int salt)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = At(position + i, salt);
        return bytes;
    }

    public static void Verify(ReadOnlySpan<byte> bytes, long position, int salt)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(position + i, salt))
                throw new InvalidDataException($"byte {position + i} is {bytes[i]}, written was {At(position + i, salt)}");
        }
    }
}
