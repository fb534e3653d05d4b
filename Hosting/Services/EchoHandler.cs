using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Services;

/// <summary>
/// Echo (RFC 862): sends all payload back until the peer closes. It moves between nodes and has no state: what it consumed is in
/// its output.
/// </summary>
public sealed class EchoHandler : ConnectionHandler, IMovableHandler
{
    /// <summary>
    /// The bytes written before a flush: enough for segmentation offload, and few enough that both directions overlap.
    /// </summary>
    private const int FlushEvery = 512 * 1024;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        var stopping = connection.ConnectionClosedRequested;
        while (!stopping.IsCancellationRequested)
        {
            var read = await input.ReadAsync(stopping);
            var taken = read.Buffer.Length > FlushEvery ? read.Buffer.Slice(0, FlushEvery) : read.Buffer;
            var isLast = read.IsCompleted && taken.Length == read.Buffer.Length;
            foreach (var part in taken) output.Write(part.Span);
            input.AdvanceTo(taken.End);
            var flush = await output.FlushAsync(stopping);
            if (flush.IsCompleted || isLast) return;
            if (!connection.IsLeaving) continue;
            connection.Leave();
            return;
        }
    }
}
