namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>What the software stack does with the connection.</summary>
internal enum SoftwareStep : byte
{
    Running,
    Frozen,
    Gone,
}
