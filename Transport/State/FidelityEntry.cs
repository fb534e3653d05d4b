namespace ActorStack.Transport.State;

/// <summary>One line of a <see cref="FidelityLedger"/>.</summary>
/// <param name="Field">Section and name in <see cref="TcpConnectionState"/>, as <c>Congestion.Cwnd</c>.</param>
/// <param name="Fidelity">How well the field survived the hop.</param>
/// <param name="Reason">Why the field did not move exactly, in one sentence; empty where it did.</param>
public sealed record FidelityEntry(string Field, Fidelity Fidelity, string Reason);
