using ActorStack.Actors.Migration;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>What one move of a connection cost, from just before it to some time after it.</summary>
/// <param name="Record">The record of the node that the connection left.</param>
/// <param name="Refusals">The handoffs that were given up before.</param>
/// <param name="Resent">The segments that were sent again.</param>
internal sealed record CountedMove(MigrationRecord Record, int Refusals, ResentSegments Resent);
