namespace ActorStack.Actors.Tests.Serialization;

/// <summary>What a build to come adds to the send space: the second generation of the section.</summary>
internal sealed record SendAddedSection
{
    public uint SndUrgent { get; init; }
}
