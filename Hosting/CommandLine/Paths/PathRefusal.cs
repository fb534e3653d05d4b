namespace ActorStack.CommandLine.Paths;

/// <summary>The answer to a line that describes no path.</summary>
internal sealed record PathRefusal(string Error);
