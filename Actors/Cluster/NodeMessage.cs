namespace ActorStack.Actors.Cluster;

/// <summary>A message from one node of the cluster to another.</summary>
internal abstract record NodeMessage : IActorStackMessage;
