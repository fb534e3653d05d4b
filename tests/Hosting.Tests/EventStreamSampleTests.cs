using System.Net.Sockets;
using System.Text;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// The sample of server-sent events, before ordinary clients, while its process is replaced. ACTORSTACK_CROWD=1000 and
/// ACTORSTACK_DEPLOYS=10 make the crowd as large and deploy so often.
/// </summary>
public sealed class EventStreamSampleTests : IDisposable
{
    private const int HttpPort = 80;
    private const int Clients = 50;
    private const int Deploys = 3;

    private readonly SampleGround _ground = new("sse-sample");

    public void Dispose() => _ground.Dispose();

    [LinuxFact]
    public async Task No_client_misses_an_event_or_reconnects_over_several_deploys()
    {
        var running = await _ground.StartAsync();
        var before = KernelCounters.Read(_ground.Lab.Client);
        var clients = new List<EventClient>();
        for (var i = SampleGround.Clients(Clients); i > 0; i--) clients.Add(await ConnectAsync());
        await Task.WhenAll(clients.Select(client => client.ReadUntilAsync(process => process == running.Id)));

        for (var i = SampleGround.Deploys(Deploys); i > 0; i--)
        {
            var old = running.Id;
            var others = Task.WhenAll(clients.Select(client => client.ReadUntilAsync(process => process != old)));
            running = await _ground.DeployAsync(running);
            await others;
        }

        var counted = KernelCounters.Read(_ground.Lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        clients.ForEach(client => client.Dispose());
    }

    [LinuxTheory]
    [InlineData("GET / HTTP/1.1\r\nLast-Event-ID: 41\r\n\r\n", "HTTP/1.1 200 OK", "id: 42")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK", "id: 0")]
    [InlineData("GET / HTTP/1.1\r\nLast-Event-ID: first\r\n\r\n", "HTTP/1.1 400 Bad Request", null)]
    [InlineData("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", null)]
    public async Task A_client_gets_the_events_after_the_last_one_that_it_names(string request, string status, string? first)
    {
        await _ground.StartAsync();
        using var client = await ConnectAsync(request);
        Assert.Equal(status, await client.ReadLineAsync());
        while (await client.ReadLineAsync() is { Length: > 0 })
        {
            // The rest of the head.
        }

        Assert.Equal(first, await client.ReadLineAsync());
    }

    [LinuxFact]
    public async Task A_refused_client_gets_the_answer_whole_although_it_sends_more_than_is_wanted()
    {
        await _ground.StartAsync();
        var before = KernelCounters.Read(_ground.Lab.Client);
        using var client = await ConnectAsync($"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n{new string('x', 200_000)}");
        Assert.Equal("HTTP/1.1 400 Bad Request", await client.ReadLineAsync());
        while (await client.ReadLineAsync() is not null)
        {
            // The rest of the head, then the end.
        }

        using var later = await ConnectAsync(); // a reset of the first client comes before its answer
        Assert.NotNull(await later.ReadLineAsync());
        Assert.Equal(0, (KernelCounters.Read(_ground.Lab.Client) - before).ResetsReceived);
    }

    private async Task<EventClient> ConnectAsync(string request = "GET / HTTP/1.1\r\n\r\n")
    {
        var socket = await _ground.ConnectAsync(HttpPort);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Patience.Token());
        return new EventClient(socket);
    }

    /// <summary>A client that verifies the numbers of the events.</summary>
    private sealed class EventClient(Socket socket) : IDisposable
    {
        private const string Id = "id: ";
        private const string Sender = "data: sent by process ";

        private readonly StreamReader _reader = new(new NetworkStream(socket, ownsSocket: true), Encoding.ASCII);
        private long _next;

        public ValueTask<string?> ReadLineAsync() => _reader.ReadLineAsync(Patience.Token());

        /// <summary>Reads until an event comes from a process that <paramref name="isWanted"/>.</summary>
        public async Task ReadUntilAsync(Func<int, bool> isWanted)
        {
            while (true)
            {
                var line = await ReadLineAsync() ?? throw new EndOfStreamException($"the stream ended before event {_next}");
                if (line.StartsWith(Id, StringComparison.Ordinal)) Assert.Equal(_next++, long.Parse(line[Id.Length..]));
                else if (line.StartsWith(Sender, StringComparison.Ordinal) && isWanted(int.Parse(line[Sender.Length..]))) return;
            }
        }

        public void Dispose() => _reader.Dispose();
    }
}
