using System.Net;
using ActorStack.TestKit.Capture;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit;

/// <summary>The other end of a connection to a node, seen on the wire.</summary>
public abstract class NetworkPeer
{
    private protected NetworkPeer(StackNetwork network, TcpEndpoint local) => (Network, Local) = (network, local);

    /// <summary>The address and port of the peer.</summary>
    public IPEndPoint LocalEndPoint => Local.ToIPEndPoint();

    /// <summary>
    /// The segments of the connection as they were at the peer: counts of each direction, and each break of
    /// <see cref="WireRule"/> so far.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection has had no segment yet.</exception>
    public WireReport Wire => Network.Wire.LastOrDefault(report => report.Client == Local)
        ?? throw new InvalidOperationException($"The peer {Local} has sent no segment yet.");

    private protected StackNetwork Network { get; }

    internal TcpEndpoint Local { get; }

    /// <summary>Expects that no RST has been sent, by the peer or by a node.</summary>
    /// <exception cref="ExpectationException">There was one.</exception>
    public void ExpectNoReset()
    {
        if (Wire.Violations.FirstOrDefault(violation => violation.Rule is WireRule.NoReset) is { } reset)
            throw new ExpectationException($"A RST was expected from nobody. {reset.Text}");
    }

    /// <summary>
    /// Expects that neither side has sent anything twice: for a path without loss, over which no move may cost a retransmission.
    /// </summary>
    /// <exception cref="ExpectationException">There was a retransmission.</exception>
    public void ExpectNoRetransmission()
    {
        var report = Wire;
        if (report.FromClient.Retransmissions + report.FromServer.Retransmissions > 0)
            throw new ExpectationException($"No retransmission was expected. {report}");
    }

    /// <summary>
    /// Expects that the connection has kept to every <see cref="WireRule"/>: no RST, no gap that nothing filled, the same byte at
    /// the same sequence number, a window that never shrinks. A segment that is still on its way counts as a gap.
    /// </summary>
    /// <exception cref="ExpectationException">A rule was broken.</exception>
    public void ExpectCleanWire()
    {
        if (Wire is { ViolationCount: > 0 } report) throw new ExpectationException($"A clean wire was expected. {report}");
    }
}
