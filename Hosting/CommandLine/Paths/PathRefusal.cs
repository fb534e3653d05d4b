namespace ActorStack.CommandLine.Paths;

/// <summary>The answer to a line that does not describe a path.</summary>
internal sealed record PathRefusal(string Error);
