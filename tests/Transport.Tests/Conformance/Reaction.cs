using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>What a connection did about a segment, as far as its peer and its application can tell.</summary>
/// <param name="State">The state it is in afterwards.</param>
/// <param name="Answer">The segment sent at once or soon, in the RFC's notation; empty: none.</param>
/// <param name="Delivered">Text given to the application, bytes.</param>
/// <param name="Kept">Text kept beyond a gap, bytes.</param>
/// <param name="Acknowledged">SND.UNA afterwards, counted from the ISS.</param>
/// <param name="Urgent">The application was told of urgent text.</param>
public sealed record Reaction(TcpState State, string Answer, long Delivered, int Kept, int Acknowledged, bool Urgent);
