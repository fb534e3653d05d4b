namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>What the server's end of a cell does, the one that is compared.</summary>
internal static class PathRole
{
    public const string Sender = "sender";
    public const string Receiver = "receiver";

    /// <summary>64 KB a connection: completion times instead of goodput.</summary>
    public const string Short = "short";

    /// <summary>A sender that moves to the kernel and back every 200 ms, beside one that never moves.</summary>
    public const string Moved = "moved";
}
