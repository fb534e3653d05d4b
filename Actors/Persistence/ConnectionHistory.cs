namespace ActorStack.Actors.Persistence;

/// <summary>What the journal tells of one connection. Folded from its events.</summary>
/// <param name="RunsOn">Where it ran last: <c>software</c> or an engine's name.</param>
/// <param name="Ended">Why it is no more.</param>
public sealed record ConnectionHistory(
    string Id,
    string Local,
    string Remote,
    string Service,
    DateTimeOffset OpenedAt,
    string RunsOn,
    long Epoch,
    int Migrations,
    string? Ended,
    DateTimeOffset? EndedAt,
    long BytesReceived,
    long BytesSent)
{
    /// <summary>The history after one event more; the first is <see cref="ConnectionEvents.Opened"/>.</summary>
    public static ConnectionHistory? Apply(ConnectionHistory? history, IConnectionEvent next) => next switch
    {
        ConnectionEvents.Opened opened => new ConnectionHistory(
            opened.Id, opened.Local, opened.Remote, opened.Service, opened.At, "software", 0, 0, null, null, 0, 0),
        ConnectionEvents.OwnerClaimed claimed => history is null ? null : history with { Epoch = claimed.Epoch },
        ConnectionEvents.OwnerCommitted committed => history is null
            ? null
            : history with { RunsOn = committed.To, Epoch = committed.Epoch, Migrations = committed.Number },
        ConnectionEvents.OwnerRolledBack back => history is null ? null : history with { RunsOn = back.Owner, Epoch = back.Epoch, Migrations = back.Number },
        ConnectionEvents.Closed closed => history is null
            ? null
            : history with { Ended = closed.Reason, EndedAt = closed.At, BytesReceived = closed.BytesReceived, BytesSent = closed.BytesSent },
        _ => throw new NotSupportedException($"{next.GetType().Name} is no event of a connection's history"),
    };
}
