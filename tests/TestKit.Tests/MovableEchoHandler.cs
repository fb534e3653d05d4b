using ActorStack.Hosting;

namespace ActorStack.TestKit.Tests;

/// <summary>Sends back what it reads, and leaves where the connection is to move.</summary>
public sealed class MovableEchoHandler : ConnectionHandler, IMovableHandler
{
    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        while (!connection.IsLeaving)
        {
            var read = await connection.Pipe.Input.ReadAsync(stopping);
            foreach (var memory in read.Buffer) await connection.Pipe.Output.WriteAsync(memory, stopping);
            connection.Pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }

        connection.Leave();
    }
}
