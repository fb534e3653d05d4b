using ActorStack.Tests.Common;
using ActorStack.TestKit.Capture;
using ActorStack.Tests.Common.Capture;
using ActorStack.Transport.Tests.Linux;
using ActorStack.Transport.Wire;
using Xunit.Abstractions;

namespace ActorStack.Transport.Tests.Capture;

/// <summary>The wire as a kernel client sees it while its peer changes the stack.</summary>
public sealed class WireRecordingTests(ITestOutputHelper output)
{
    private const long Length = 32 << 20;

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task A_connection_that_moves_back_and_forth_under_load_keeps_to_every_rule_on_the_wire(string address)
    {
        using var stage = new KernelStage();
        // On a busy machine the kernel may pass on packets of two processors in another order.
        var checker = new WireChecker(new WireCheckOptions { IsPathLossy = true });
        using var recorder = new PacketRecorder(stage.Network.Client, "c0", packet => checker.Add(packet));
        using var client = await stage.Network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = stage.Host.Accept();
        var echo = Streams.EchoAsync(connection.Pipe);
        var progress = new Progress();
        var exchange = Streams.ExchangeAsync(client, Length, progress);
        var moves = 0;
        while (await connection.TryMoveAsync(stage.Engine, () => progress.ForAsync(2 << 20))) moves++;
        var (sent, received) = await exchange;
        await echo;
        recorder.Stop();

        var report = Assert.Single(checker.Reports);

        output.WriteLine($"{moves} moves there and back; {report}");
        Assert.Equal(sent, received);
        Assert.NotEqual(0, moves);
        Assert.True(report.ViolationCount == 0, report.ToString());
        Assert.Equal((Length, Length), (report.FromClient.Bytes, report.FromServer.Bytes));
        Assert.Equal(0, report.FromServer.UncheckedBytes);

        // A TUN device is a hop more than a socket of the kernel, which shows who sent a segment.
        Assert.NotEmpty(report.SenderChanges);
        var blackouts = report.SenderChanges.Select(change => change.Blackout.TotalMicroseconds);
        output.WriteLine($"blackouts: {string.Join(", ", blackouts)} us");
    }
}
