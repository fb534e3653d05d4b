using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;

namespace ActorStack.Tests.Common.Simulation.Shared;

/// <summary>Flows over one path; every one sends from left to right.</summary>
public sealed record SharedPathSettings
{
    public int Seed { get; init; } = 1;

    public WireImpairments Forward { get; init; } = WireImpairments.None;

    public WireImpairments Backward { get; init; } = WireImpairments.None;

    /// <summary>Congestion control of each flow; there are as many flows.</summary>
    public IReadOnlyList<string> Flows { get; init; } = ["cubic"];

    /// <summary>Time between the starts of two flows.</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Bytes that each flow sends.</summary>
    public long Bytes { get; init; } = long.MaxValue;

    public int SendCapacity { get; init; } = 4 << 20;

    public int ReceiveCapacity { get; init; } = 4 << 20;

    public TcpSettings Tcp { get; init; } = TcpSettings.Default with { MaximumSegmentPayload = 64 * 1024 };
}
