using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Local ports for connections that are opened from here (RFC 6056): a keyed hash of the destination says where its ports begin
/// (section 3.3.3), and each goes a few steps further that nobody can guess (section 3.3.5). So ports to one destination are not
/// reused soon, and those to another tell nothing of them.
/// </summary>
internal sealed class EphemeralPorts(InitialSequence sequences, PortRange range)
{
    private const ulong OffsetSalt = 0x706F_7274_7300_0000;
    private const ulong StepSalt = 0x7374_6570_7300_0000;
    private const uint LongestStep = 8;

    private uint _next;

    /// <summary>A port that is free; null: none is.</summary>
    /// <param name="local">The address it is to be of.</param>
    /// <param name="remote">The destination.</param>
    /// <param name="isFree">Whether a flow can be used.</param>
    public ushort? Find(in IpAddress local, in TcpEndpoint remote, Func<FlowKey, bool> isFree)
    {
        var destination = new FlowKey(new TcpEndpoint(local, 0), remote);
        var offset = (uint)sequences.Hash(destination, OffsetSalt);
        _next += 1 + (uint)(sequences.Hash(destination, StepSalt ^ _next) % LongestStep);
        var count = (uint)(range.Last - range.First + 1);
        for (var tried = 0u; tried < count; tried++, _next++)
        {
            var port = (ushort)(range.First + unchecked(offset + _next) % count);
            if (isFree(new FlowKey(new TcpEndpoint(local, port), remote))) return port;
        }

        return null;
    }
}
