using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.CommandLine.Serve;

/// <summary>Opens a second connection for each connection that it serves, and copies the bytes in both directions.</summary>
internal sealed class RelayHandler(IActorStack stack, RelayTargets targets) : ConnectionHandler
{
    private const int LongestFirst = 4096;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var stopping = connection.ConnectionClosedRequested;
        var port = ((IPEndPoint)connection.LocalEndPoint!).Port;
        var (target, options) = targets.Of(port);
        if (targets.SendsEarly(port))
            options.FirstData = await ReadFirstAsync(connection.Transport.Input, stopping);
        await using var onward = await stack.ConnectAsync(target, options, stopping);
        await Task.WhenAll(
            CarryAsync(connection.Transport.Input, onward.Transport.Output, stopping),
            CarryAsync(onward.Transport.Input, connection.Transport.Output, stopping));
    }

    private static async Task<byte[]> ReadFirstAsync(PipeReader input, CancellationToken stopping)
    {
        var read = await input.ReadAsync(stopping);
        var first = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, LongestFirst));
        var data = first.ToArray();
        input.AdvanceTo(first.End);
        return data;
    }

    /// <summary>Copies one direction. Its end is passed on; the other direction stays open.</summary>
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
