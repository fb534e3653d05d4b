namespace ActorStack.Actors.Tests.Serialization;

/// <summary>A section of a build to come.</summary>
internal sealed record MultipathSection
{
    public long Token { get; init; }

    public byte[] Key { get; init; } = [];
}
