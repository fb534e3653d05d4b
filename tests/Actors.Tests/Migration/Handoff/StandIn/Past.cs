namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>The epochs that a node has had or refused. It keeps them after the connection is gone.</summary>
/// <param name="Owned">The highest epoch at which the node ran the connection; -1: none.</param>
/// <param name="Refused">The highest epoch that the node refused; -1: none.</param>
internal readonly record struct Past(long Owned, long Refused)
{
    public static Past None => new(-1, -1);

    public Past Own(long epoch) => this with { Owned = Math.Max(Owned, epoch) };

    public Past Refuse(long epoch) => this with { Refused = Math.Max(Refused, epoch) };
}
