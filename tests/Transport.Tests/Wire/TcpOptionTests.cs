using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class TcpOptionTests
{
    [Fact]
    public void OptionsSurviveTheWireAndFillWholeWords()
    {
        var random = new Random(21);
        var bytes = new byte[40];
        for (var round = 0; round < 50_000; round++)
        {
            var options = RandomSegments.Options(random);
            var length = TcpOptionCodec.Write(bytes, options);
            Assert.Equal(0, length % 4);
            Assert.Equal(length, TcpOptionCodec.Length(options));
            Assert.True(TcpOptionCodec.TryRead(bytes.AsSpan(0, length), out var read));
            AssertSame(options, read);
        }
    }

    [Fact]
    public void SackBlocksWithoutRoomAreLeftOut()
    {
        var bytes = new byte[40];
        var options = new TcpOptions { SackCount = 4 };
        for (var i = 0; i < 4; i++)
            options.Sack[i] = new SackBlock(new SequenceNumber((uint)i * 10), new SequenceNumber((uint)i * 10 + 5));
        Assert.Equal((36, 4), Written());
        options.HasTimestamps = true;
        Assert.Equal((40, 3), Written());
        options.MaximumSegmentSize = 1_460;
        options.HasWindowScale = true;
        options.SackPermitted = true;
        Assert.Equal((40, 2), Written());

        (int Length, int Blocks) Written()
        {
            var length = TcpOptionCodec.Write(bytes, options);
            Assert.Equal(length, TcpOptionCodec.Length(options));
            Assert.True(TcpOptionCodec.TryRead(bytes.AsSpan(0, length), out var read));
            return (length, read.SackCount);
        }
    }

    [Fact]
    public void ASynsOptionsStandAsLinuxEmitsThem()
    {
        var options = new TcpOptions
        {
            MaximumSegmentSize = 1_460,
            SackPermitted = true,
            HasTimestamps = true,
            TimestampValue = 1,
            HasWindowScale = true,
            WindowScale = 10,
        };
        Assert.Equal("020405B40402080A00000001000000000103030A", Hex(options));
    }

    [Fact]
    public void WithoutTimestampsSackPermittedIsPaddedAsLinuxDoes()
    {
        var options = new TcpOptions { MaximumSegmentSize = 1_460, SackPermitted = true, HasWindowScale = true, WindowScale = 7 };
        Assert.Equal("020405B40101040201030307", Hex(options));
    }

    [Fact]
    public void ASegmentsTimestampsAndSackArePaddedInFront()
    {
        var options = new TcpOptions { HasTimestamps = true, TimestampValue = 2, TimestampEcho = 3, SackCount = 1 };
        options.Sack[0] = new SackBlock(new SequenceNumber(4), new SequenceNumber(5));
        Assert.Equal("0101080A00000002000000030101050A0000000400000005", Hex(options));
    }

    [Theory]
    [InlineData("0200")]
    [InlineData("0201")]
    [InlineData("02")]
    [InlineData("020405")]
    [InlineData("0101080A000000")]
    [InlineData("FE")]
    [InlineData("FE00")]
    [InlineData("01010103")]
    public void AnIllegalLengthIsRefused(string hex) => Assert.False(TcpOptionCodec.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01010101")]
    [InlineData("FE045555")]
    [InlineData("00020000")]
    [InlineData("0203AA")]
    [InlineData("030455AA")]
    [InlineData("0403AA")]
    [InlineData("080400AA")]
    [InlineData("0505AAAAAA")]
    [Rfc(9293, "3.1")]
    public void UnknownOptionsAndOnesOfAnotherLengthAreSkipped(string hex)
    {
        Assert.True(TcpOptionCodec.TryRead(Convert.FromHexString(hex), out var options));
        AssertSame(default, options);
    }

    [Fact]
    [Rfc(9293, "3.2")]
    public void NothingIsReadBehindTheEndOfTheList()
    {
        Assert.True(TcpOptionCodec.TryRead(Convert.FromHexString("00020405B4"), out var options));
        Assert.Equal(0, options.MaximumSegmentSize);
    }

    internal static void AssertSame(in TcpOptions expected, in TcpOptions actual)
    {
        Assert.Equal(expected.MaximumSegmentSize, actual.MaximumSegmentSize);
        Assert.Equal(expected.HasWindowScale, actual.HasWindowScale);
        Assert.Equal(expected.WindowScale, actual.WindowScale);
        Assert.Equal(expected.SackPermitted, actual.SackPermitted);
        Assert.Equal(expected.HasTimestamps, actual.HasTimestamps);
        Assert.Equal(expected.TimestampValue, actual.TimestampValue);
        Assert.Equal(expected.TimestampEcho, actual.TimestampEcho);
        Assert.Equal(expected.SackCount, actual.SackCount);
        for (var i = 0; i < expected.SackCount; i++) Assert.Equal(expected.Sack[i], actual.Sack[i]);
    }

    private static string Hex(in TcpOptions options)
    {
        var bytes = new byte[40];
        return Convert.ToHexString(bytes, 0, TcpOptionCodec.Write(bytes, options));
    }
}
