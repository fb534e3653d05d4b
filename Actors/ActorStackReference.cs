using Akka.Configuration;

namespace ActorStack.Actors;

/// <summary>The defaults of this assembly, to be put behind an application's own HOCON.</summary>
public static class ActorStackReference
{
    /// <summary><c>reference.conf</c> as embedded.</summary>
    public static Config Config { get; } =
        ConfigurationFactory.FromResource("ActorStack.Actors.reference.conf", typeof(ActorStackReference).Assembly);
}
