namespace ActorStack.CommandLine.Bench;

/// <summary>One figure of one round.</summary>
internal readonly record struct Measurement(string Name, double Value, string Unit);
