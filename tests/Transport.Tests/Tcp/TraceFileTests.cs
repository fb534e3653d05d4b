using System.Text.Json;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tracing;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class TraceFileTests : IDisposable
{
    private const int Bytes = 400_000;

    private static readonly TraceHeader Header = new(
        "1-1", "10.0.0.1:40000", "10.0.0.2:7", DateTimeOffset.UnixEpoch, TimeSpan.Zero);

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_lossy_transfer_is_told_whole_over_its_moves()
    {
        var events = await TraceAsync(maximumBytes: long.MaxValue);
        var sent = Of(events, "transport:packet_sent").Where(data => data.GetProperty("len").GetInt32() > 0).ToList();
        Assert.Equal(Bytes, sent.Max(data => data.GetProperty("seq").GetInt64() + data.GetProperty("len").GetInt64()));
        Assert.Contains(sent, data => data.TryGetProperty("resent", out _));
        Assert.Contains(Of(events, "transport:packet_received"), data => data.TryGetProperty("sack", out _));
        Assert.NotEmpty(Of(events, "recovery:packet_lost"));
        Assert.Contains(
            Of(events, "recovery:congestion_state_updated"), data => data.GetProperty("new").GetString() is "recovery" or "loss");
        Assert.Contains(
            Of(events, "connectivity:connection_state_updated"), data => data.GetProperty("new").GetString() == "Established");
        Assert.Equal(Bytes, Of(events, "recovery:metrics_updated").Max(data => data.GetProperty("acked").GetInt64()));
        Assert.Single(Of(events, "actorstack:migration"));
        Assert.Equal(0, Of(events, "actorstack:trace_ended").Single().GetProperty("dropped_events").GetInt64());
    }

    [Fact]
    public async Task A_trace_ends_at_its_bound_and_says_how_much_is_missing()
    {
        var events = await TraceAsync(maximumBytes: 20_000);
        Assert.InRange(new FileInfo(_path).Length, 20_000, 22_000);
        Assert.True(Of(events, "actorstack:trace_ended").Single().GetProperty("dropped_events").GetInt64() > 0);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_and_harms_nothing()
    {
        var failed = new TaskCompletionSource<Exception>();
        using var trace = new TraceFile("/no-such-directory/trace", long.MaxValue, Header, failed.SetResult);
        Assert.IsType<DirectoryNotFoundException>(await failed.Task);
        await trace.Written;
        trace.OnMoved("software", "toe", "Completed", TimeSpan.Zero);
        Assert.Equal(1, trace.Dropped);
    }

    private async Task<List<JsonElement>> TraceAsync(long maximumBytes)
    {
        var trace = new TraceFile(_path, maximumBytes, Header, error => throw error);
        var simulation = new TcpSimulation(
            new SimulationSettings { Seed = 5, Loss = 0.02, ClientBytes = Bytes, ServerBytes = 0 });
        simulation.AfterInput = (endpoint, now) =>
        {
            if (endpoint == simulation.Client && endpoint.Migrations == 0 && endpoint.Send.Length > 100_000)
            {
                endpoint.Migrate(now);
                trace.OnMoved("software", "software", "Completed", now);
            }

            if (endpoint == simulation.Client) endpoint.Connection!.Trace = trace;
        };
        simulation.Connect();
        Assert.True(simulation.Run(TimeSpan.FromMinutes(5), () => simulation.Client.Connection!.State is TcpState.Closed),
            simulation.ToString());
        trace.Dispose();
        await trace.Written;
        return [.. (await File.ReadAllLinesAsync(_path)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static List<JsonElement> Of(List<JsonElement> events, string name) =>
        [.. events.Where(line => line.TryGetProperty("name", out var value) && value.GetString() == name)
            .Select(line => line.GetProperty("data"))];
}
