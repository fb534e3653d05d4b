using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class ChecksumTests
{
    [Fact]
    public void TheExampleOfRfc1071SumsToItsValue()
    {
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.Equal(0xddf2, (ushort)~Checksum.Compute(bytes));
    }

    [Fact]
    public void EveryLengthAndOffsetAgreesWithTheNaiveSum()
    {
        var bytes = RandomBytes(1, 700);
        for (var offset = 0; offset < 67; offset++)
        {
            for (var length = 0; length <= 600; length++)
            {
                var span = bytes.AsSpan(offset, length);
                Assert.Equal(NaiveChecksum.Compute(span), Checksum.Compute(span));
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public void CarriesOfConstantBytesAreNotLost(byte value)
    {
        var bytes = new byte[65_535];
        bytes.AsSpan().Fill(value);
        foreach (var length in (int[])[1, 2, 8, 63, 64, 65, 128, 1_460, 65_534, 65_535])
            Assert.Equal(NaiveChecksum.Compute(bytes.AsSpan(0, length)), Checksum.Compute(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void TheSumDoesNotDependOnHowTheBytesAreSplit()
    {
        var random = new Random(2);
        var bytes = RandomBytes(3, 4_096);
        var whole = NaiveChecksum.Compute(bytes);
        for (var round = 0; round < 2_000; round++)
        {
            var checksum = default(Checksum);
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(random.Next(0, 300), bytes.Length - at);
                checksum.Add(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(whole, checksum.Value);
        }
    }

    [Fact]
    public void ASequenceOfOddSegmentsSumsAsItsBytes()
    {
        var bytes = RandomBytes(4, 1_000);
        var checksum = default(Checksum);
        checksum.Add(Sequences.Split(bytes, new Random(5), 37));
        Assert.Equal(NaiveChecksum.Compute(bytes), checksum.Value);
    }

    [Fact]
    public void BytesWithTheirOwnChecksumAreIntactAndWithAFlippedBitAreNot()
    {
        var bytes = RandomBytes(6, 100);
        bytes.AsSpan(10, 2).Clear();
        var value = Checksum.Compute(bytes);
        bytes[10] = (byte)(value >> 8);
        bytes[11] = (byte)value;
        for (var bit = -1; bit < bytes.Length * 8; bit++)
        {
            var copy = bytes.ToArray();
            if (bit >= 0) copy[bit / 8] ^= (byte)(1 << (bit % 8));
            var checksum = default(Checksum);
            checksum.Add(copy);
            Assert.Equal(bit < 0, checksum.IsIntact);
        }
    }

    private static byte[] RandomBytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
