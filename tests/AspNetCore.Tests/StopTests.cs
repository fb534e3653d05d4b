using System.Net.Sockets;
using System.Text;
using ActorStack.AspNetCore.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.AspNetCore.Tests;

/// <summary>A deploy: a service manager stops the application by SIGTERM.</summary>
public sealed class StopTests
{
    private const int Half = 500_000;

    [LinuxFact]
    public async Task A_request_that_is_on_its_way_is_finished_and_further_connections_are_refused()
    {
        var application = new StockApplication();
        try
        {
            await application.StartAsync("aspnetcore-server", "--ActorStack:DrainLimit=00:10:00");
            var socket = await application.ConnectAsync(80);
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var head = $"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {2 * Half}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Patience.Token());
            await stream.WriteAsync(new byte[Half], Patience.Token());
            await ReadHeadAsync(stream);

            var stopping = application.StopAsync();
            Assert.Equal(SocketError.ConnectionRefused, await RefusedAsync(application));
            Assert.False(stopping.IsCompleted);

            // A stack that stops answers no such question: it waits until Kestrel has drained.
            var connections = await application.Lab.Control.ListConnectionsAsync(ended: false, Patience.Token());
            Assert.Contains($"{socket.LocalEndPoint}", connections.Select(connection => connection.Remote));
            await stream.WriteAsync(new byte[Half], Patience.Token());

            using var body = new MemoryStream();
            await stream.CopyToAsync(body, Patience.Token());
            Assert.EndsWith("0\r\n\r\n", Encoding.ASCII.GetString(body.ToArray()), StringComparison.Ordinal);
            Assert.True(body.Length > 2 * Half);
            await stream.DisposeAsync();
            Assert.Equal(0, await stopping);
        }
        finally
        {
            await application.DisposeAsync();
        }
    }

    private static async Task ReadHeadAsync(NetworkStream stream)
    {
        using var head = new MemoryStream();
        var next = new byte[1];
        while (!Encoding.ASCII.GetString(head.ToArray()).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(next, Patience.Token());
            head.Write(next);
        }
    }

    /// <summary>Tries to connect until it is refused, because the stop begins at any time.</summary>
    private static async Task<SocketError> RefusedAsync(StockApplication application)
    {
        while (true)
        {
            try
            {
                (await application.ConnectAsync(80)).Dispose();
            }
            catch (SocketException refused)
            {
                return refused.SocketErrorCode;
            }
        }
    }
}
