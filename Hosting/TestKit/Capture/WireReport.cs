using System.Globalization;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Capture;

/// <summary>The result of the check of one connection.</summary>
public sealed class WireReport
{
    private readonly WireTimeline _timeline;

    internal WireReport(
        TcpEndpoint client, TcpEndpoint server, WireFigures fromClient, WireFigures fromServer,
        IReadOnlyList<WireViolation> violations, long violationCount, WireTimeline timeline)
    {
        (Client, Server, FromClient, FromServer) = (client, server, fromClient, fromServer);
        (Violations, ViolationCount, _timeline) = (violations, violationCount, timeline);
    }

    /// <summary>The end that opened the connection.</summary>
    public TcpEndpoint Client { get; }

    /// <summary>The other end.</summary>
    public TcpEndpoint Server { get; }

    /// <summary>The figures of what the client sent.</summary>
    public WireFigures FromClient { get; }

    /// <summary>The figures of what the server sent.</summary>
    public WireFigures FromServer { get; }

    /// <summary>The first violations, see <see cref="WireCheckOptions.MaximumViolations"/>.</summary>
    public IReadOnlyList<WireViolation> Violations { get; }

    /// <summary>All violations, also those without a text.</summary>
    public long ViolationCount { get; }

    /// <summary>The time of the first segment.</summary>
    public DateTimeOffset Start => _timeline.Start;

    /// <summary>The time of the last segment.</summary>
    public DateTimeOffset End => _timeline.End;

    /// <summary>
    /// The moves that the capture itself shows: the server's segments come from another sender. The old sender's late segments
    /// show as changes back and forth.
    /// </summary>
    public IReadOnlyList<SenderChange> SenderChanges => _timeline.Changes;

    /// <summary>The figures between two times, both inclusive: for example of one move with the time after it.</summary>
    public WireSpan During(DateTimeOffset from, DateTimeOffset to) => _timeline.During(from, to);

    /// <summary>The figures in one line, then one violation a line.</summary>
    public override string ToString()
    {
        var seconds = (End - Start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        var figures = $"{Client} -> {Server}, {seconds} s: server {Describe(FromServer)}; client {Describe(FromClient)}; "
            + $"{SenderChanges.Count} changes of the sender; {ViolationCount} violations";
        return string.Join(Environment.NewLine, Violations.Select(violation => violation.Text).Prepend(figures));
    }

    private static string Describe(WireFigures side) =>
        $"{side.Bytes} bytes in {side.Packets} packets, {side.Retransmissions} retransmissions "
        + $"({side.RetransmittedBytes} bytes), {side.LatePackets} late packets, "
        + $"{side.DuplicateAcks} duplicate ACKs, {side.RoundedWindows} rounded windows, "
        + $"{side.EmptyEchoes} empty echoes";
}
