using ActorStack.Actors.Serialization;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>The format of a build to come: it knows one more component, and more of the send space.</summary>
internal sealed class NextBuild
{
    public NextBuild() => Codec = new HyperionStateCodec(
    [
        .. StateSections.All,
        StateSection.Of("multipath", 1, isRequired: false, _ => Multipath, (state, section) =>
        {
            ReadMultipath = section;
            return state;
        }),
        StateSection.Of("send", 2, isRequired: false, _ => SendAdded, (state, section) =>
        {
            ReadSendAdded = section;
            return state;
        }),
    ]);

    public HyperionStateCodec Codec { get; }

    /// <summary>What its connections have.</summary>
    public MultipathSection Multipath { get; init; } = new();

    public SendAddedSection SendAdded { get; init; } = new();

    /// <summary>What it read last.</summary>
    public MultipathSection ReadMultipath { get; private set; } = new();

    public SendAddedSection ReadSendAdded { get; private set; } = new();
}
