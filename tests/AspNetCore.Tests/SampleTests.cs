using ActorStack.AspNetCore.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.AspNetCore.Tests;

/// <summary>The sample as a service.</summary>
public sealed class SampleTests
{
    [LinuxFact]
    public async Task Server_sent_events_go_on_while_the_connection_moves_and_a_stop_drains_them()
    {
        var application = new StockApplication();
        try
        {
            await application.StartAsync("aspnetcore-sample");
            using var client = application.CreateClient(System.Net.HttpVersion.Version11);
            Assert.Equal("Hello, World!", await client.GetStringAsync(StockApplication.Url("http", 80, "/"), Patience.Token()));
            await using var stream = await client.GetStreamAsync(StockApplication.Url("https", 443, "/where"), Patience.Token());
            using var events = new StreamReader(stream);
            Assert.Equal("software", await NextAsync(events));
            var id = (await application.Lab.Control.ListConnectionsAsync(ended: false, Patience.Token()))
                .Single(connection => connection.Local.EndsWith(":443", StringComparison.Ordinal)).Id;
            await application.Lab.Control.OffloadAsync(id, "kernel", Patience.Token());
            Assert.Equal("kernel", await NextAsync(events));
            await application.Lab.Control.UploadAsync(id, Patience.Token());
            Assert.Equal("software", await NextAsync(events));

            await stream.DisposeAsync();
            client.Dispose(); // an idle connection that its client keeps half open would hold the stop until the drain limit
            Assert.Equal(0, await application.StopAsync());
        }
        finally
        {
            await application.DisposeAsync();
        }
    }

    private static async Task<string> NextAsync(StreamReader events)
    {
        while (true)
        {
            var line = await events.ReadLineAsync(Patience.Token()) ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return line["data: ".Length..];
        }
    }
}
