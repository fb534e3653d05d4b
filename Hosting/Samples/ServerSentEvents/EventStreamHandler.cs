using System.IO.Pipelines;
using System.Text;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.ServerSentEvents;

/// <summary>
/// Answers one request with a stream of events (WHATWG HTML section 9.2), each with a number and the process that sent it. The
/// connection moves with the number of its next event, so that the client misses none and sees none twice. A client that comes
/// back by itself names the last event that it has, and the stream goes on after that.
/// </summary>
internal sealed class EventStreamHandler(TimeProvider time) : ConnectionHandler, IMovableHandler
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a refused client may go on to send.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Beginning =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";

    private const string Refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.IsEmpty || EventStreamState.TryRead(state.Span, out _) ? null : "the state is of another version of the sample";

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (!EventStreamState.TryRead(connection.State.Span, out var state))
        {
            var request = await EventStreamRequest.ReadAsync(connection);
            if (request is EventStreamRequest.Moving) connection.Leave(); // the successor reads the request
            if (request is EventStreamRequest.Malformed) await RefuseAsync(connection);
            if (request is not EventStreamRequest.From from) return;
            state = new EventStreamState(from.Next);
            await WriteAsync(connection.Transport.Output, Beginning);
        }

        await SendAsync(connection, state);
    }

    /// <summary>
    /// Answers, closes the output, and reads what the client still sends: unread bytes would reset the connection, and the client
    /// might lose the answer.
    /// </summary>
    private async Task RefuseAsync(ConnectionContext connection)
    {
        await WriteAsync(connection.Transport.Output, Refusal);
        await connection.Transport.Output.CompleteAsync();
        using var late = new CancellationTokenSource(Patience, time);
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosedRequested);
        try
        {
            await connection.Transport.Input.CopyToAsync(Stream.Null, interrupted.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is over, the service stops, or the connection moves with its end.
        }
    }

    private async Task SendAsync(ConnectionContext connection, EventStreamState state)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(
            connection.Leaving, connection.ConnectionClosed, connection.ConnectionClosedRequested);
        using var timer = new PeriodicTimer(Period, time);
        while (!interrupted.IsCancellationRequested)
        {
            var sent = await WriteAsync(
                connection.Transport.Output, $"id: {state.Next}\ndata: sent by process {Environment.ProcessId}\n\n");
            state = state with { Next = state.Next + 1 };
            if (sent.IsCompleted) return; // the client has gone
            await WaitAsync(timer, interrupted.Token);
        }

        if (connection.IsLeaving) connection.Leave(state.Write());
    }

    /// <summary>Returns at the next tick, or when the wait is cancelled.</summary>
    private static async Task WaitAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller looks why.
        }
    }

    private static ValueTask<FlushResult> WriteAsync(PipeWriter output, string text) =>
        output.WriteAsync(Encoding.ASCII.GetBytes(text));
}
