namespace ActorStack.CommandLine.Bench;

/// <summary>Where the server side of a scenario runs.</summary>
internal static class Target
{
    public const string Plain = "plain";
    public const string Software = "software";
    public const string Kernel = "kernel";
    public const string Toe = "toe";

    /// <summary>The software stacks of several nodes.</summary>
    public const string Node = "node";

    public static bool IsEngine(string target) => target is Kernel or Toe;
}
