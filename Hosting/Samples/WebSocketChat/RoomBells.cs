using ActorStack.Samples.SharedLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>
/// Wakes the members of a room when there are messages for them, whichever process has taken these. The number of bells is fixed,
/// and rooms share them, so that clients cannot use up memory by inventing rooms; who is woken for another room's message finds
/// nothing and waits again.
/// </summary>
/// <remarks>
/// It begins with the first member, because a process that takes over has members before its host starts services.
/// </remarks>
internal sealed class RoomBells : IAsyncDisposable
{
    private const int Count = 1024;

    private readonly Bell[] _bells = [.. Enumerable.Range(0, Count).Select(_ => new Bell())];
    private readonly LogFollower _follower;

    public RoomBells(MessageLog log, IHostApplicationLifetime lifetime, ILogger<RoomBells> logger) =>
        _follower = new LogFollower(log, log.FindLast(), Ring, lifetime, logger);

    public Bell Of(string room) => _bells[(uint)room.GetHashCode(StringComparison.Ordinal) % Count];

    public ValueTask DisposeAsync() => _follower.DisposeAsync();

    private Task Ring(LogEntry entry)
    {
        Of(entry.Subject).Ring();
        return Task.CompletedTask;
    }
}
