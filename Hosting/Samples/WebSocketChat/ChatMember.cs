using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using ActorStack.Hosting;
using ActorStack.Samples.SharedLog;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>
/// A member of a room: appends to the log what its client says, and sends the client what the log has for the room. The client
/// sees its own messages too, and then knows that they are in the log.
/// </summary>
internal sealed class ChatMember : IDisposable
{
    private const int LargestBatch = 64;
    private const int PieceLength = 1024;

    private readonly ConnectionContext _connection;
    private readonly MessageLog _log;
    private readonly Bell _bell;
    private readonly WholeMessageStream _stream;
    private readonly WebSocket _socket;

    /// <summary>Begins or goes on with a connection whose upgrade has been answered.</summary>
    public ChatMember(ConnectionContext connection, MessageLog log, Bell bell, ChatState state)
    {
        (_connection, _log, _bell, State) = (connection, log, bell, state);
        _stream = new WholeMessageStream(connection);
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // a ping by a timer might be written while the connection moves
        });
    }

    /// <summary>What the member takes along when its connection moves.</summary>
    public ChatState State { get; private set; }

    public void Dispose() => _socket.Dispose();

    /// <summary>Serves the client until it has gone, its connection is to move, or it has broken the rules.</summary>
    /// <returns>How to close the WebSocket; null: not at all, because the connection moves or the client has gone.</returns>
    public async Task<WebSocketCloseStatus?> ServeAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            _connection.Leaving, _connection.ConnectionClosedRequested);
        var delivering = DeliverAsync(ended.Token);
        try
        {
            return await ReceiveAsync();
        }
        finally
        {
            await ended.CancelAsync();
            await delivering;
        }
    }

    /// <summary>Sends the frame that closes the WebSocket, where the WebSocket has not sent it already.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(status, null, CancellationToken.None);
        }
    }

    private async Task<WebSocketCloseStatus?> ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(message.GetMemory(PieceLength), CancellationToken.None);
                if (part.MessageType is WebSocketMessageType.Close) return WebSocketCloseStatus.NormalClosure;
                if (part.MessageType is WebSocketMessageType.Binary) return WebSocketCloseStatus.InvalidMessageType;
                message.Advance(part.Count);
                if (!part.EndOfMessage) continue;
                await AppendAsync(ChatEventKind.Said, Encoding.UTF8.GetString(message.WrittenSpan));
                message.ResetWrittenCount();
            }
        }
        catch (OperationCanceledException)
        {
            if (_stream.IsTooLong) return WebSocketCloseStatus.MessageTooBig;
            return _connection.IsLeaving ? null : WebSocketCloseStatus.EndpointUnavailable;
        }
        catch (WebSocketException error)
        {
            // The client has gone without a word, or has violated the protocol, which the WebSocket has told it.
            return error.WebSocketErrorCode is WebSocketError.ConnectionClosedPrematurely
                ? null
                : WebSocketCloseStatus.ProtocolError;
        }
    }

    /// <summary>A member of another process appends to the same log, so that the log is the only place to look.</summary>
    private async Task DeliverAsync(CancellationToken ended)
    {
        try
        {
            while (!ended.IsCancellationRequested)
            {
                var rung = _bell.Next;
                var entries = _log.Read(State.Room, State.Last, LargestBatch);
                if (entries.Count == 0) await rung.WaitAsync(ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                foreach (var entry in entries.TakeWhile(_ => !ended.IsCancellationRequested)) await SendAsync(entry);
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The client has gone. The reader of its messages sees that too.
        }
        catch (Exception error)
        {
            _connection.Abort(new ConnectionAbortedException("The log cannot be read.", error)); // ends the reader
            throw;
        }
    }

    private async Task SendAsync(LogEntry entry)
    {
        var seen = ChatEvent.Read(entry.Body) with { Number = entry.Number };
        await _socket.SendAsync(seen.Write(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        State = State with { Last = entry.Number };
    }

    private Task<long> AppendAsync(ChatEventKind kind, string text) =>
        _log.AppendAsync(State.Room, new ChatEvent(kind, State.Nick, text, Number: 0).Write());
}
