namespace ActorStack.TestKit.Capture;

/// <summary>When the server sent, when something was sent again, and when the server's segments began to come from elsewhere.
/// </summary>
internal sealed class WireTimeline
{
    private readonly List<DateTimeOffset> _serverPackets = [];
    private readonly List<DateTimeOffset> _serverRetransmissions = [];
    private readonly List<DateTimeOffset> _clientRetransmissions = [];
    private readonly List<DateTimeOffset> _duplicateAcks = [];
    private readonly List<SenderChange> _changes = [];
    private WireSender? _sender;

    public DateTimeOffset Start { get; private set; }

    public DateTimeOffset End { get; private set; }

    public IReadOnlyList<SenderChange> Changes => _changes;

    public void OnPacket(in CapturedPacket packet, WireSender sender, bool fromServer)
    {
        if (Start == default) Start = packet.Time;
        End = packet.Time;
        if (!fromServer) return;
        if (_sender is { } before && before != sender)
            _changes.Add(new SenderChange(before, sender, _serverPackets[^1], packet.Time, packet.Number));
        _sender = sender;
        _serverPackets.Add(packet.Time);
    }

    public void OnRetransmission(DateTimeOffset time, bool fromServer) =>
        (fromServer ? _serverRetransmissions : _clientRetransmissions).Add(time);

    public void OnDuplicateAck(DateTimeOffset time) => _duplicateAcks.Add(time);

    public WireSpan During(DateTimeOffset from, DateTimeOffset to) => new(
        Count(_serverRetransmissions, from, to), Count(_clientRetransmissions, from, to), Count(_duplicateAcks, from, to),
        LongestSilence(from, to));

    private TimeSpan LongestSilence(DateTimeOffset from, DateTimeOffset to)
    {
        var longest = TimeSpan.Zero;
        for (var i = Math.Max(1, FirstAfter(_serverPackets, from)); i < _serverPackets.Count && _serverPackets[i - 1] < to; i++)
        {
            var silence = _serverPackets[i] - _serverPackets[i - 1];
            if (silence > longest) longest = silence;
        }

        return longest;
    }

    private static int Count(List<DateTimeOffset> times, DateTimeOffset from, DateTimeOffset to) =>
        Math.Max(0, FirstAfter(times, to) - FirstAfter(times, from - TimeSpan.FromTicks(1)));

    /// <summary>The index of the first time after <paramref name="time"/>. Times ascend, as captures do.</summary>
    private static int FirstAfter(List<DateTimeOffset> times, DateTimeOffset time)
    {
        var (low, high) = (0, times.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] > time) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
