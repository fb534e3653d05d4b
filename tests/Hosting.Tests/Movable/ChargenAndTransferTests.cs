using System.Buffers.Binary;
using System.Text;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting.Services;

namespace ActorStack.Hosting.Tests.Movable;

/// <summary>The handlers with a state go on exactly where they were.</summary>
public sealed class ChargenAndTransferTests : HandlerClusterTest
{
    private const string Characters =
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    [Fact]
    public void The_lines_of_chargen_go_on_over_many_handoffs()
    {
        StartNodes<ChargenHandler>();
        var connection = Peer.Connect(Server, EchoPort);
        connection.IsReading = false;
        Settle();
        for (var i = 1; i <= 12; i++)
        {
            MoveOn();
            connection.IsReading = true;
            var wanted = connection.Received.Count + (i * 10_007);
            for (var turns = 0; connection.Received.Count < wanted && turns < 100_000; turns++) Turn();
            connection.IsReading = false;
        }

        connection.IsReading = true;
        connection.Close(Time);
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the end");
        var lines = Encoding.ASCII.GetString([.. connection.Received]).Split("\r\n");
        Assert.True(lines.Length > 12 * 6 * 10_007 / 74, $"only {lines.Length} lines came");
        for (var i = 0; i < lines.Length - 1; i++)
            Assert.Equal(string.Concat(Enumerable.Range(i, 72).Select(at => Characters[at % Characters.Length])), lines[i]);
        AssertNoReset();
    }

    [Theory]
    [InlineData(0x01, "")]
    [InlineData(0x02, "the state is of version 2, and this build reads version 1")]
    public void Chargen_reads_its_own_version_of_the_state_only(byte version, string refusal) =>
        Assert.Equal(refusal, ChargenHandler.WhyRefused(new byte[] { version, 0, 0 }) ?? "");

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 0xff, 0xff })]
    [InlineData(new byte[] { 1, 0, 0, 0 })]
    public void Chargen_refuses_a_damaged_state(byte[] state) =>
        Assert.Equal("the state is no place in the lines", ChargenHandler.WhyRefused(state));

    [Fact]
    public void A_transfer_moves_in_both_directions_and_its_trailer_agrees()
    {
        const int Wanted = 1_500_000;
        StartNodes<TransferHandler>();
        var connection = Connect(EchoPort);
        var request = new byte[TransferHandler.RequestSize];
        BinaryPrimitives.WriteInt64LittleEndian(request, Wanted);
        connection.Write(request.AsSpan(0, 3), Time);
        MoveOn(); // before the request has come whole
        connection.Write(request.AsSpan(3), Time);
        var (sent, digest) = (0, new ResumableDigest());
        for (var i = 0; i < 12; i++)
        {
            var count = 1 + (i * 9_973);
            digest.Append(ActorStack.Tests.Common.Simulation.TestPattern.Take(sent, count, salt: 1));
            connection.Write(count, Time);
            sent += count;
            for (var turns = 0; turns < 3; turns++) Turn();
            MoveOn();
        }

        PumpInTime(() => connection.Received.Count >= Wanted, TimeSpan.FromMinutes(5), "the payload");
        connection.Close(Time);
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the trailer");
        byte[] received = [.. connection.Received];
        var payload = new ResumableDigest();
        payload.Append(received.AsSpan(0, Wanted));
        Assert.Equal(
            new TransferTrailer(sent, digest.Current, Wanted, payload.Current), TransferTrailer.Read(received.AsSpan(Wanted)));
        var expected = new ActorStack.CommandLine.Traffic.TestPattern(seed: 2);
        while (expected.Bytes < Wanted) expected.Next(Wanted - expected.Bytes);
        Assert.Equal(expected.Digest.Current, payload.Current);
        AssertNoReset();
    }

    [Theory]
    [InlineData(new byte[] { 2 }, "version 2")]
    [InlineData(new byte[] { 1, 0, 0 }, "damaged")]
    public void A_transfer_refuses_a_state_that_it_cannot_read(byte[] state, string why) =>
        Assert.Contains(why, TransferHandler.WhyRefused(state));
}
