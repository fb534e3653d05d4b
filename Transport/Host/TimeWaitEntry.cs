using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>A connection in TIME-WAIT on its way from one host to another.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="SendNext">SND.NXT.</param>
/// <param name="ReceiveNext">RCV.NXT.</param>
/// <param name="ReceiveWindow">RCV.WND, in bytes.</param>
/// <param name="TimestampRecent">TS.Recent (RFC 7323 section 4.3).</param>
/// <param name="TimestampClock">The timestamp clock of the connection, in milliseconds; null: it has no timestamps.</param>
/// <param name="Left">The time until TIME-WAIT ends.</param>
/// <param name="WindowScale">The shift of the receive window.</param>
/// <param name="HopLimit">The hop limit of answers.</param>
/// <param name="TrafficClass">The traffic class of answers.</param>
public readonly record struct TimeWaitEntry(
    FlowKey Flow, SequenceNumber SendNext, SequenceNumber ReceiveNext, uint ReceiveWindow, uint TimestampRecent,
    uint? TimestampClock, TimeSpan Left, byte WindowScale, byte HopLimit, byte TrafficClass);
