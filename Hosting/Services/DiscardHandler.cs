using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Services;

/// <summary>Discard (RFC 863): reads all payload and sends none. It moves between nodes and has no state.</summary>
public sealed class DiscardHandler : ConnectionHandler, IMovableHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (!await DiscardAsync(connection, connection.ConnectionClosedRequested)) connection.Leave();
    }

    /// <summary>Reads to the end of the input. False: the connection is to move first.</summary>
    internal static async Task<bool> DiscardAsync(ConnectionContext connection, CancellationToken stopping)
    {
        var input = connection.Transport.Input;
        while (!stopping.IsCancellationRequested)
        {
            var read = await input.ReadAsync(stopping);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return true;
            if (connection.IsLeaving) return false;
        }

        return true;
    }
}
