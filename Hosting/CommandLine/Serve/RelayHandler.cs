using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Hosting;

namespace ActorStack.CommandLine.Serve;

/// <summary>Opens a connection for each that it serves, and carries the bytes of both both ways.</summary>
internal sealed class RelayHandler(IActorStack stack, RelayTargets targets) : ConnectionHandler
{
    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        var (target, options) = targets.Of(connection.LocalEndPoint.Port);
        await using var onward = await stack.ConnectAsync(target, options, stopping);
        await Task.WhenAll(
            CarryAsync(connection.Pipe.Input, onward.Pipe.Output, stopping), CarryAsync(onward.Pipe.Input, connection.Pipe.Output, stopping));
    }

    /// <summary>The end of one direction goes on too; the other stays open.</summary>
    private static async Task CarryAsync(PipeReader input, PipeWriter output, CancellationToken stopping)
    {
        while (true)
        {
            var read = await input.ReadAsync(stopping);
            foreach (var part in read.Buffer) output.Write(part.Span);
            input.AdvanceTo(read.Buffer.End);
            var flush = await output.FlushAsync(stopping);
            if (read.IsCompleted || flush.IsCompleted) break;
        }

        await output.CompleteAsync();
    }
}
