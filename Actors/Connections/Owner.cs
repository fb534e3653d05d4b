namespace ActorStack.Actors.Connections;

/// <summary>Who runs a connection: an engine's name, or this.</summary>
internal static class Owner
{
    public const string Software = "software";
}
