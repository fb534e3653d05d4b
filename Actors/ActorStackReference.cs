using Akka.Configuration;

namespace ActorStack.Actors;

/// <summary>The default configuration of this assembly, which an application adds as a fallback to its own HOCON.</summary>
public static class ActorStackReference
{
    /// <summary>The embedded <c>reference.conf</c>.</summary>
    public static Config Config { get; } =
        ConfigurationFactory.FromResource("ActorStack.Actors.reference.conf", typeof(ActorStackReference).Assembly);
}
