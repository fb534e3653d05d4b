using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace ActorStack.AspNetCore.Server;

/// <summary>A SignalR hub that answers calls and streams.</summary>
internal sealed class TalkHub : Hub
{
    /// <summary>Answers, and calls the client before.</summary>
    public async Task<string> Say(string text)
    {
        await Clients.Caller.SendAsync("Said", text);
        return text;
    }

    public Task<int> Moves() => Context.GetHttpContext()!.CountMovesAsync();

    /// <summary>Streams numbers until the connection has moved so many times more.</summary>
    public async IAsyncEnumerable<int> Count(int moves, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var end = await Moves() + moves;
        for (var number = 0; await Moves() < end; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return number;
        }
    }
}
