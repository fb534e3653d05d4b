using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.TestKit.Tests;

/// <summary>Sends back what it reads, and leaves where the connection is to move.</summary>
public sealed class MovableEchoHandler : ConnectionHandler, IMovableHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        while (!connection.IsLeaving)
        {
            var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosedRequested);
            foreach (var memory in read.Buffer) await connection.Transport.Output.WriteAsync(memory);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }

        connection.Leave();
    }
}
