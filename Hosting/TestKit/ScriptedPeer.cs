using System.Buffers;
using System.Text;
using ActorStack.TestKit.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit;

/// <summary>
/// A peer whose segments the test writes one by one, as with packetdrill: a peer that acknowledges nothing, shuts its window,
/// resets, or sends the same twice. It does nothing by itself, and it offers no options but the MSS, so that windows are as they
/// are written.
/// </summary>
public sealed class ScriptedPeer : NetworkPeer
{
    private const uint FirstSequence = 1000;
    private const ushort Mss = 1460;

    private readonly PeerSide _side;
    private readonly FlowKey _flow;
    private readonly Queue<ScriptedSegment> _arrived = new();
    private TaskCompletionSource? _arrival;

    internal ScriptedPeer(StackNetwork network, PeerSide side, in FlowKey flow)
        : base(network, flow.Local) => (_side, _flow) = (side, flow);

    /// <summary>The number of the next byte that the peer sends (SND.NXT). The SYN has number 1000.</summary>
    public uint Sequence { get; set; } = FirstSequence;

    /// <summary>
    /// What the segments of the peer acknowledge. <see cref="ReceiveAsync"/> raises it to the end of each segment in order.
    /// </summary>
    public uint Acknowledgment { get; set; }

    /// <summary>The window in the segments of the peer, bytes: 65,535 at first.</summary>
    public int Window
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
            field = value;
        }
    } = ushort.MaxValue;

    /// <summary>Does the handshake: SYN, SYN,ACK, ACK.</summary>
    /// <exception cref="ExpectationException">Another segment came, or none.</exception>
    public async Task ConnectAsync()
    {
        Send(TcpFlags.Syn);
        await ExpectAsync(TcpFlags.Syn | TcpFlags.Ack);
        Send(TcpFlags.Ack);
    }

    /// <summary>
    /// Sends a segment at <see cref="Sequence"/>, which it then raises by the payload, and by one for SYN and for FIN. To send
    /// something again, set it back.
    /// </summary>
    /// <param name="flags">The control bits. With ACK the segment carries <see cref="Acknowledgment"/>.</param>
    /// <param name="payload">The payload, up to 1460 bytes.</param>
    public void Send(TcpFlags flags, ReadOnlyMemory<byte> payload = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, Mss, nameof(payload));
        var isSyn = (flags & TcpFlags.Syn) != 0;
        _side.Send(new OutboundSegment
        {
            Flow = _flow,
            Sequence = new SequenceNumber(Sequence),
            Acknowledgment = new SequenceNumber((flags & TcpFlags.Ack) != 0 ? Acknowledgment : 0),
            Flags = flags,
            Window = (ushort)Window,
            HopLimit = 64,
            Options = isSyn ? new TcpOptions { MaximumSegmentSize = Mss } : default,
            MaximumPayload = payload.Length,
            Payload = new ReadOnlySequence<byte>(payload),
        });
        Sequence = unchecked(Sequence + (uint)payload.Length + (isSyn ? 1u : 0) + ((flags & TcpFlags.Fin) != 0 ? 1u : 0));
    }

    /// <summary>As <see cref="Send(TcpFlags, ReadOnlyMemory{byte})"/>, with PSH and ACK and text in UTF-8.</summary>
    /// <param name="text">The text.</param>
    public void Send(string text) => Send(TcpFlags.Psh | TcpFlags.Ack, Encoding.UTF8.GetBytes(text));

    /// <summary>Returns the next segment of the other side.</summary>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">None came in time.</exception>
    public async Task<ScriptedSegment> ReceiveAsync(TimeSpan? limit = null)
    {
        using var expected = Network.Expect($"a segment at {Local}", limit);
        while (_arrived.Count == 0)
        {
            _arrival = new TaskCompletionSource();
            await using var late = expected.Late.UnsafeRegister(
                static arrival => ((TaskCompletionSource)arrival!).TrySetResult(), _arrival);
            await _arrival.Task;
            if (_arrived.Count == 0 && expected.Late.IsCancellationRequested) throw expected.InVain("none came");
        }

        var segment = _arrived.Dequeue();
        Acknowledge(segment);
        return segment;
    }

    /// <summary>Expects the next segment to have exactly these control bits. PSH does not count.</summary>
    /// <param name="flags">The control bits.</param>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">Another segment came, or none.</exception>
    public async Task<ScriptedSegment> ExpectAsync(TcpFlags flags, TimeSpan? limit = null)
    {
        var segment = await ReceiveAsync(limit);
        return (segment.Flags & ~TcpFlags.Psh) == (flags & ~TcpFlags.Psh)
            ? segment
            : throw new ExpectationException($"A segment [{flags}] was expected at {Local}, and there came {segment}.");
    }

    /// <summary>Expects that no segment comes for this time.</summary>
    /// <param name="time">The virtual time, which passes.</param>
    /// <exception cref="ExpectationException">A segment came.</exception>
    public async Task ExpectNothingAsync(TimeSpan time)
    {
        await Network.PassAsync(time);
        if (!_arrived.TryPeek(out var segment)) return;
        throw new ExpectationException(
            $"Nothing was expected at {Local} for {time.TotalSeconds:0.###} s, and there came {segment}.");
    }

    internal void Take(IpPacket packet)
    {
        var tcp = packet.Tcp;
        _arrived.Enqueue(new ScriptedSegment(
            tcp.Flags, tcp.Sequence.Value, tcp.Has(TcpFlags.Ack) ? tcp.Acknowledgment.Value : 0, tcp.Window,
            tcp.Payload.ToArray()));
        _arrival?.TrySetResult();
    }

    private void Acknowledge(ScriptedSegment segment)
    {
        var isSyn = (segment.Flags & TcpFlags.Syn) != 0;
        if (!isSyn && segment.Sequence != Acknowledgment) return;
        var length = (uint)segment.Payload.Length + (isSyn ? 1u : 0) + ((segment.Flags & TcpFlags.Fin) != 0 ? 1u : 0);
        Acknowledgment = unchecked(segment.Sequence + length);
    }
}
