namespace ActorStack.CommandLine.Traffic;

/// <summary>Connections opened, used for one byte each way, and closed.</summary>
internal sealed record ConnectResult(double PerSecond);
