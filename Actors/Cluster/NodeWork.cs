namespace ActorStack.Actors.Cluster;

/// <summary>The work of a node since its start. Two of them give the load in the time between.</summary>
/// <param name="Bytes">Payload bytes of its connections, both ways.</param>
/// <param name="Processor">Processor time of its process.</param>
internal readonly record struct NodeWork(long Bytes, TimeSpan Processor);
