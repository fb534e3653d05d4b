namespace ActorStack.CommandLine.Traffic;

/// <summary>The number of connections that were opened, used for one byte each way, and closed.</summary>
internal sealed record ConnectResult(double PerSecond);
