using ActorStack.CommandLine;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Plot;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;

namespace ActorStack.Hosting.Tests;

public sealed class TraceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    private string Socket => Path.Combine(_directory.FullName, "control.sock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_trace_begins_and_ends_on_demand_goes_on_over_moves_and_is_drawn()
    {
        await using var host = await StartAsync(options => options.TraceDirectory = Path.Combine(_directory.FullName, "traces"));
        using var control = new ControlClient(Socket);
        var client = await host.ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        Assert.Equal("", (await control.TraceAsync(id, on: false, Patience.Token())).Path);
        var path = (await control.TraceAsync(id, on: true, Patience.Token())).Path;
        await ExchangeAsync(client);
        await control.OffloadAsync(id, "toe", Patience.Token());
        await control.UploadAsync(id, Patience.Token());
        await ExchangeAsync(client);
        Assert.Equal(path, (await control.TraceAsync(id, on: false, Patience.Token())).Path);

        string[] lines;
        while (!(lines = await ReadAsync(path))[^1].Contains("trace_ended")) await Task.Yield();
        Assert.Equal(2, lines.Count(line => line.Contains("actorstack:migration")));
        Assert.True(lines.Count(line => line.Contains("packet_sent")) >= 2);
        var drawn = TracePlot.Draw(TraceSeries.Read(lines));
        Assert.Contains("to toe", drawn);
        foreach (var label in (string[])["sequence, MB", "windows, kB", "round trip, ms", "time, s", "congestion window", id])
            Assert.Contains(label, drawn);
    }

    [Fact]
    public async Task Connections_of_a_named_service_are_traced_from_their_SYN()
    {
        var traces = Path.Combine(_directory.FullName, "traces");
        await using var host = await StartAsync(options =>
        {
            options.TraceDirectory = traces;
            options.TraceServices.Add("echo");
        });
        using var control = new ControlClient(Socket);
        await host.ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var path = (await control.TraceAsync(id, on: false, Patience.Token())).Path;
        Assert.Equal(Path.Combine(traces, $"{id}.jsonl"), path);
        string[] lines;
        while (!(lines = await ReadAsync(path))[^1].Contains("trace_ended")) await Task.Yield();
        Assert.Contains(lines, line => line.Contains("\"flags\":\"SA\""));
    }

    [Fact]
    public async Task Without_a_directory_it_is_said_how_to_get_one()
    {
        await using var host = await StartAsync(_ => { });
        using var control = new ControlClient(Socket);
        await host.ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var error = await Assert.ThrowsAsync<CommandException>(() => control.TraceAsync(id, on: true, Patience.Token()));
        Assert.Contains("--trace", error.Message);
    }

    private static async Task ExchangeAsync(System.IO.Pipelines.IDuplexPipe client)
    {
        await client.Output.WriteAsync(new byte[1000], Patience.Token());
        var read = await client.Input.ReadAtLeastAsync(1000, Patience.Token());
        client.Input.AdvanceTo(read.Buffer.End);
    }

    private static async Task<string[]> ReadAsync(string path) =>
        File.Exists(path) && await File.ReadAllLinesAsync(path, Patience.Token()) is { Length: > 0 } lines ? lines : [""];

    private Task<MemoryHost> StartAsync(Action<ActorStackOptions> options) => MemoryHost.StartAsync(
        stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port).AddControlSocket(Socket), options);
}
