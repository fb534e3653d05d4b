namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>A cell that could not be measured.</summary>
internal sealed record PathFailure(string Cell, string Role, string Error);
