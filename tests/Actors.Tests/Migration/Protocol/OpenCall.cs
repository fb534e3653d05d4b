namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>A call that the protocol asked for and whose answer comes before anything else.</summary>
internal enum OpenCall : byte
{
    None,
    Initiate,
    Terminate,
    Salvage,
    Reset,
}
