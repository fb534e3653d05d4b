using Microsoft.AspNetCore.SignalR;

namespace ActorStack.Samples.AspNetCore;

/// <summary>A SignalR hub: what one client says, all hear.</summary>
internal sealed class ChatHub : Hub
{
    public Task Say(string text) => Clients.All.SendAsync("Said", text);
}
