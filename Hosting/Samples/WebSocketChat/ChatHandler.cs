using ActorStack.Hosting;
using ActorStack.Samples.SharedLog;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>
/// Answers the upgrade to a WebSocket itself and serves a member of a room over it. The connection moves between two messages,
/// with the room, the nick and the number of the last message that the client got; the next process makes a WebSocket anew over
/// the same connection.
/// </summary>
internal sealed class ChatHandler(MessageLog log, RoomBells bells, TimeProvider time) : ConnectionHandler, IMovableHandler
{
    /// <summary>How long a client whose connection is to end may go on to send.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.IsEmpty || ChatState.Read(state.Span) is not null ? null : "the state is of another version of the sample";

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var state = ChatState.Read(connection.State.Span) ?? await BeginAsync(connection);
        if (state is null) return;
        using var member = new ChatMember(connection, log, bells.Of(state.Room), state);
        var status = await member.ServeAsync();
        if (status is null && connection.IsLeaving)
        {
            connection.Leave(member.State.Write());
            return;
        }

        await TellAsync(state.Room, ChatEventKind.Left, state.Nick);
        if (status is null) return;
        await member.CloseAsync(status.Value);
        await EndAsync(connection);
    }

    /// <summary>Answers the request. Null: there is no member, because the client asked for something else.</summary>
    private async Task<ChatState?> BeginAsync(ConnectionContext connection)
    {
        switch (await ChatRequest.ReadAsync(connection))
        {
            case ChatRequest.Join join:
                await connection.Transport.Output.WriteAsync(ChatResponse.SwitchingProtocols(join.Key));
                var number = await TellAsync(join.Room, ChatEventKind.Joined, join.Nick);
                return ChatState.Of(join.Room, join.Nick, number - 1);
            case ChatRequest.Moving:
                connection.Leave(); // the successor reads the request
                return null;
            case ChatRequest.Page:
                await connection.Transport.Output.WriteAsync(ChatResponse.Page);
                break;
            default:
                await connection.Transport.Output.WriteAsync(ChatResponse.BadRequest);
                break;
        }

        await EndAsync(connection);
        return null;
    }

    private Task<long> TellAsync(string room, ChatEventKind kind, string nick) =>
        log.AppendAsync(room, new ChatEvent(kind, nick, Text: "", Number: 0).Write());

    /// <summary>
    /// Closes the output, and reads what the client still sends: unread bytes would reset the connection, and the client might
    /// lose what it was sent last.
    /// </summary>
    private async Task EndAsync(ConnectionContext connection)
    {
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
}
