using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The stash of an actor that sets no message aside. One serves all connections, where Akka would make one for each. What
/// Akka.Persistence sets aside itself is in another stash.
/// </summary>
internal sealed class NoStash : IStash
{
    private NoStash()
    {
    }

    public static NoStash Instance { get; } = new();

    public int Count => 0;

    public bool IsEmpty => true;

    public bool NonEmpty => false;

    public bool IsFull => true;

    public int Capacity => 0;

    public void Stash() => throw new NotSupportedException("A connection sets no message aside.");

    public void Unstash()
    {
    }

    public void UnstashAll()
    {
    }

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
    }

    public IEnumerable<Envelope> ClearStash() => [];

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        if (envelopes.Any()) Stash();
    }
}
