namespace ActorStack.Hosting.Tests.Arrival;

/// <summary>The states that a peer can bring a service's connection into from outside.</summary>
public enum ArrivalState
{
    Closed,
    Listen,
    SynReceived,
    Established,
    CloseWait,
    LastAck,
    FinWait1,
    FinWait2,
    Closing,
    TimeWait,
}
