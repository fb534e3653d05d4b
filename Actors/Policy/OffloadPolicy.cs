namespace ActorStack.Actors.Policy;

/// <summary>Ordered rules; the first that matches decides, none means no offload.</summary>
public sealed record OffloadPolicy
{
    public static OffloadPolicy None { get; } = new();
}
