namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>What an engine has of the connection under one handle.</summary>
internal enum EngineStep : byte
{
    Unused,

    /// <summary>It has the state and emits nothing.</summary>
    Holding,

    /// <summary>It runs the connection.</summary>
    Active,

    /// <summary>It was asked for the connection and runs it until it freezes it.</summary>
    Asked,

    /// <summary>It froze the connection and emits nothing more.</summary>
    GivingBack,

    /// <summary>It has nothing of the connection.</summary>
    Out,
}
