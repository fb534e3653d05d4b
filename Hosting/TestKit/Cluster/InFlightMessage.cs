using ActorStack.Actors.Cluster;

namespace ActorStack.TestKit.Cluster;

/// <summary>A message between two simulated nodes that has not arrived.</summary>
/// <param name="Number">The order of sending; a duplicate has a number of its own.</param>
/// <param name="From">The name of the sender.</param>
/// <param name="To">The name of the receiver.</param>
/// <param name="DueAt">The time of its arrival.</param>
/// <param name="Message">The message.</param>
internal sealed record InFlightMessage(long Number, string From, string To, TimeSpan DueAt, NodeMessage Message)
{
    public override string ToString() => $"#{Number} {From} -> {To}: {Message}";
}
