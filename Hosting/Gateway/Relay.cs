using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// Copies the bytes between two connections, in both directions. Each direction ends by itself, and the FIN is passed on. A slow
/// receiver holds the sender back, because a direction reads when its last write has found room. The relay can be interrupted
/// when it has written all that it has read.
/// </summary>
internal sealed class Relay(ConnectionContext client, ConnectionContext backend, TimeProvider time)
{
    private long _lastByte = time.GetTimestamp();
    private volatile bool _isInterrupted;
    private int _end = (int)RelayEnd.Finished;

    /// <summary>The time since the last byte in either direction.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastByte));

    /// <summary>The service stops and has asked the connections to end.</summary>
    public bool IsAskedToEnd =>
        client.ConnectionClosedRequested.IsCancellationRequested || backend.ConnectionClosedRequested.IsCancellationRequested;

    /// <summary>Runs until both directions have ended, or <see cref="Stop"/> is called, or a connection is to move.</summary>
    /// <exception cref="SocketException">A connection was lost.</exception>
    /// <exception cref="IOException">A connection was lost.</exception>
    public async Task<RelayEnd> RunAsync()
    {
        var clientLeaves = client.Leaving.UnsafeRegister(Interrupt, this);
        var backendLeaves = backend.Leaving.UnsafeRegister(Interrupt, this);
        try
        {
            await Task.WhenAll(
                CarryAsync(client.Transport.Input, backend.Transport.Output),
                CarryAsync(backend.Transport.Input, client.Transport.Output));
        }
        finally
        {
            clientLeaves.Unregister();
            backendLeaves.Unregister();
        }

        return (RelayEnd)Volatile.Read(ref _end);
    }

    /// <summary>Stops both directions. The first reason counts. Any thread may call it.</summary>
    public void Stop(RelayEnd end)
    {
        Interlocked.CompareExchange(ref _end, (int)end, (int)RelayEnd.Finished);
        _isInterrupted = true;
        foreach (var connection in new[] { client, backend })
        {
            connection.Transport.Input.CancelPendingRead();
            connection.Transport.Output.CancelPendingFlush();
        }
    }

    private static void Interrupt(object? relay) => ((Relay)relay!).Stop(RelayEnd.Interrupted);

    /// <summary>The stack wakes the pipe of a connection that is to leave, before it cancels the token.</summary>
    private void StopWhereOneLeaves()
    {
        if (client.IsLeaving || backend.IsLeaving) Stop(RelayEnd.Interrupted);
    }

    /// <summary>Copies one direction. Where it fails, the other one stops too.</summary>
    private async Task CarryAsync(PipeReader input, PipeWriter output)
    {
        try
        {
            await CopyAsync(input, output);
        }
        catch
        {
            Stop(RelayEnd.Interrupted);
            throw;
        }
    }

    private async Task CopyAsync(PipeReader input, PipeWriter output)
    {
        while (!_isInterrupted)
        {
            var read = await input.ReadAsync();
            if (!read.Buffer.IsEmpty)
            {
                foreach (var part in read.Buffer) output.Write(part.Span);
                input.AdvanceTo(read.Buffer.End);
                Volatile.Write(ref _lastByte, time.GetTimestamp());
                var flush = await output.FlushAsync(); // where it is cancelled, the bytes are in the output all the same
                if (flush.IsCanceled) StopWhereOneLeaves();
                if (flush.IsCompleted) throw new ConnectionResetException("the other connection has ended");
            }
            else
            {
                input.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCanceled) StopWhereOneLeaves();
            if (!read.IsCompleted) continue;
            await output.CompleteAsync();
            return;
        }
    }
}
