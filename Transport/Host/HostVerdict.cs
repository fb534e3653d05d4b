using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>The host's judgment of one frame.</summary>
/// <param name="Action">The action for the caller.</param>
/// <param name="Flow">The flow that the frame belongs to or begins; null where it belongs to none.</param>
/// <param name="Frame">With <see cref="HostAction.Deliver"/>, <see cref="HostAction.Forward"/>, <see
/// cref="HostAction.HandOver"/>, <see cref="HostAction.SendFrame"/> and <see cref="HostAction.Ask"/>: the frame, reassembled
/// where fragments arrived.</param>
/// <param name="Reason">Why the packet was dropped, or why a SYN was answered with a cookie; null otherwise, and for a malformed
/// packet.</param>
public readonly record struct HostVerdict(HostAction Action, Flow? Flow, LinkFrame Frame, DropReason? Reason)
{
    internal static HostVerdict Malformed => new(HostAction.Drop, null, default, null);

    internal static HostVerdict Respond(DropReason? reason = null) => new(HostAction.Respond, null, default, reason);

    internal static HostVerdict Open(Flow flow) => new(HostAction.Open, flow, default, null);
}
