using ActorStack.Actors.Connections;

namespace ActorStack.Actors.Tests.Support;

/// <summary>Applications for tests.</summary>
internal static class Applications
{
    /// <summary>Sends back what it reads, until the peer's end.</summary>
    public static async Task Echo(IConnectionContext connection, CancellationToken stopping)
    {
        while (true)
        {
            var read = await connection.Pipe.Input.ReadAsync(stopping);
            foreach (var segment in read.Buffer) await connection.Pipe.Output.WriteAsync(segment, stopping);
            connection.Pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    /// <summary>Does nothing until it is asked to stop.</summary>
    public static async Task Idle(IConnectionContext connection, CancellationToken stopping) =>
        await Task.Delay(Timeout.Infinite, stopping);

    /// <summary>Ignores that it is asked to stop.</summary>
    public static async Task Stubborn(IConnectionContext connection, CancellationToken stopping) =>
        await Task.Delay(Timeout.Infinite, connection.Closed);

    /// <summary>As <see cref="Echo"/>, and leaves where the connection is to move, on the loop that asks it to.</summary>
    public static async Task MovableEcho(IConnectionContext connection, CancellationToken stopping)
    {
        while (!connection.IsLeaving)
        {
            var read = await connection.Pipe.Input.ReadAsync(CancellationToken.None);
            foreach (var segment in read.Buffer) await connection.Pipe.Output.WriteAsync(segment, stopping);
            connection.Pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }

        connection.Leave(default);
    }

    /// <summary>Looks at its input, consumes nothing of it, and leaves where the connection is to move.</summary>
    public static async Task MovableIdle(IConnectionContext connection, CancellationToken stopping)
    {
        while (!connection.IsLeaving)
        {
            var read = await connection.Pipe.Input.ReadAsync(CancellationToken.None);
            connection.Pipe.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        connection.Leave(default);
    }
}
