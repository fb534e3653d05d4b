using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class Crc32CTests
{
    [Fact]
    public void Gives_the_check_value_of_the_catalogue() => Assert.Equal(0xE3069283u, Of("123456789"u8));

    [Fact]
    public void Gives_the_value_of_RFC_3720_for_32_zeros() => Assert.Equal(0x8A9136AAu, Of(new byte[32]));

    private static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes);
        return crc.Value;
    }
}
