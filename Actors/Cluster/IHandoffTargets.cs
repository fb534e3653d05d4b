namespace ActorStack.Actors.Cluster;

/// <summary>Chooses the node for each connection that leaves this node.</summary>
internal interface IHandoffTargets
{
    /// <summary>The node for the next connection; null: there is none.</summary>
    /// <param name="refusedBy">The node that has refused the connection; null: none has.</param>
    string? Next(string? refusedBy);
}
