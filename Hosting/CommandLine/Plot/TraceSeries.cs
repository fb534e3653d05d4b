using System.Text.Json;

namespace ActorStack.CommandLine.Plot;

/// <summary>The points of a trace for drawing. Times are in seconds, sizes in bytes.</summary>
internal sealed class TraceSeries
{
    public string Title { get; private set; } = "";

    /// <summary>The seconds from the first event to the last.</summary>
    public double Duration { get; private set; }

    /// <summary>
    /// Segments sent for the first time and segments sent again: time, first byte, and the byte after the last.
    /// </summary>
    public List<(double At, double Start, double End)> Sent { get; } = [];

    public List<(double At, double Start, double End)> Resent { get; } = [];

    /// <summary>Segments of the peer, where the connection receives more than it sends.</summary>
    public List<(double At, double Start, double End)> Received { get; } = [];

    public List<(double At, double Value)> Acknowledged { get; } = [];

    public List<(double At, double Value)> Window { get; } = [];

    public List<(double At, double Value)> Threshold { get; } = [];

    public List<(double At, double Value)> InFlight { get; } = [];

    public List<(double At, double Value)> PeerWindow { get; } = [];

    public List<(double At, double Value)> SmoothedRoundTrip { get; } = [];

    public List<(double At, double Value)> MinimumRoundTrip { get; } = [];

    /// <summary>The times of detected losses, and of moves with their destination.</summary>
    public List<double> Losses { get; } = [];

    public List<(double At, string To)> Moves { get; } = [];

    /// <summary>The number of lines that are truncated or not events.</summary>
    public int Unreadable { get; private set; }

    public static TraceSeries Read(IEnumerable<string> lines)
    {
        var series = new TraceSeries();
        foreach (var line in lines)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                series.Add(document.RootElement);
            }
            catch (Exception error) when (
                error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                series.Unreadable++;
            }
        }

        return series;
    }

    private void Add(JsonElement line)
    {
        if (line.TryGetProperty("title", out var title))
        {
            Title = $"connection {title.GetString()}: "
                + $"{line.GetProperty("local").GetString()} to {line.GetProperty("remote").GetString()}";
            return;
        }

        if (!line.TryGetProperty("time", out var time)) return;
        var at = time.GetDouble() / 1000;
        Duration = Math.Max(Duration, at);
        var data = line.GetProperty("data");
        switch (line.GetProperty("name").GetString())
        {
            case "transport:packet_sent":
                AddPacket(data.TryGetProperty("resent", out _) ? Resent : Sent, data, at);
                break;
            case "transport:packet_received":
                AddPacket(Received, data, at);
                break;
            case "recovery:packet_lost":
                Losses.Add(at);
                break;
            case "actorstack:migration":
                Moves.Add((at, data.GetProperty("to").GetString()!));
                break;
            case "recovery:metrics_updated":
                AddMetrics(data, at);
                break;
        }
    }

    private static void AddPacket(List<(double, double, double)> packets, JsonElement data, double at)
    {
        var (start, length) = (data.GetProperty("seq").GetDouble(), data.GetProperty("len").GetDouble());
        if (length > 0) packets.Add((at, start, start + length));
    }

    private void AddMetrics(JsonElement data, double at)
    {
        Window.Add((at, data.GetProperty("congestion_window").GetDouble()));
        InFlight.Add((at, data.GetProperty("bytes_in_flight").GetDouble()));
        PeerWindow.Add((at, data.GetProperty("peer_window").GetDouble()));
        Threshold.Add((at, data.TryGetProperty("ssthresh", out var threshold) ? threshold.GetDouble() : double.NaN));
        if (data.GetProperty("smoothed_rtt").GetDouble() is > 0 and var rtt) SmoothedRoundTrip.Add((at, rtt));
        if (data.GetProperty("min_rtt").GetDouble() is > 0 and var minimum) MinimumRoundTrip.Add((at, minimum));
        Acknowledged.Add((at, data.GetProperty("acked").GetDouble()));
    }
}
