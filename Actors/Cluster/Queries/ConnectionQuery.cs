using ActorStack.Actors.Connections;

namespace ActorStack.Actors.Cluster.Queries;

/// <summary>The messages by which a node asks another one for its connections, a page at a time.</summary>
internal static class ConnectionQuery
{
    /// <summary>The connections of a page. A page fits into one frame of Akka.Remote.</summary>
    public const int PageSize = 100;

    /// <summary>Asks for the connections after an id.</summary>
    /// <param name="Number">The asker's number of the query, which the answer repeats.</param>
    /// <param name="After">The id, by the order of its characters; empty: the first page.</param>
    public sealed record Ask(long Number, string After) : NodeMessage;

    /// <summary>The answer to <see cref="Ask"/>.</summary>
    /// <param name="Number">The number of the query.</param>
    /// <param name="Connections">Living connections.</param>
    /// <param name="Next">The id after which the next page begins; empty: this page is the last.</param>
    public sealed record Page(long Number, IReadOnlyList<ConnectionSnapshot> Connections, string Next) : NodeMessage;
}
