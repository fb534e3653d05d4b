using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// One TCP connection of the software stack, sans-IO: no thread, clock, timer or socket. After every input (OnSegment, OnTimer,
/// OnApplicationWrote, OnApplicationRead, Abort) the host calls TryTransmit until it has no more, then reads TakeEvents and arms
/// one timer for NextDeadline. <c>now</c> is the time since any fixed origin of the host's, and never runs back.
/// </summary>
public sealed class TcpConnection
{
    /// <summary>Answers a SYN: the connection is in SYN-RECEIVED and a SYN,ACK is due.</summary>
    public static TcpConnection Accept(
        in FlowKey flow, in TcpSegment syn, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Opens actively: the connection is in SYN-SENT and a SYN is due.</summary>
    public static TcpConnection Connect(
        in FlowKey flow, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now) => throw new NotImplementedException();

    /// <summary>
    /// Goes on where a record stops. Bytes of the record beyond the queues are the caller's to put there first: unacknowledged and
    /// unsent at the front of <paramref name="send"/>, undelivered in <paramref name="receive"/>. The connection is silent until
    /// its next input; call <see cref="Resume"/> to let it speak at once.
    /// </summary>
    public static TcpConnection Import(
        TcpConnectionState state, TcpSettings settings, ISendQueue send, IReceiveQueue receive, TimeSpan now) =>
        throw new NotImplementedException();

    public FlowKey Flow => throw new NotImplementedException();

    public TcpState State => throw new NotImplementedException();

    /// <summary>When OnTimer is due; null: no timer runs.</summary>
    public TimeSpan? NextDeadline => throw new NotImplementedException();

    /// <summary>Why the connection is CLOSED, where it was not by both FINs.</summary>
    public Exception? Error => throw new NotImplementedException();

    /// <summary>Query: figures for people and policy.</summary>
    public TcpConnectionInfo Info => throw new NotImplementedException();

    /// <summary>Input: a segment of this flow arrived (RFC 9293 section 3.10.7).</summary>
    public void OnSegment(in TcpSegment segment, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Input: the burst is over; makes received bytes visible to the application and owes the acknowledgment.</summary>
    public void OnBurstEnd(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Input: NextDeadline has come. Early calls do nothing.</summary>
    public void OnTimer(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Input: the application wrote or closed; the send queue has been refreshed.</summary>
    public void OnApplicationWrote(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Input: the application read or reads no more; a window update may be due.</summary>
    public void OnApplicationRead(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Application call: reset the connection.</summary>
    public void Abort(Exception error, TimeSpan now) => throw new NotImplementedException();

    /// <summary>After Import: lets the connection send what it may and tell its window.</summary>
    public void Resume(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Output: the next segment to send; false when there is none. The segment counts as sent.</summary>
    public bool TryTransmit(TimeSpan now, out OutboundSegment segment) => throw new NotImplementedException();

    /// <summary>Query: what happened since the last call.</summary>
    public TcpEvents TakeEvents() => throw new NotImplementedException();

    /// <summary>Query: the whole state as a record. Changes nothing: a refused migration just goes on with this object.</summary>
    public TcpConnectionState Export(ExportScope scope, TimeSpan now) => throw new NotImplementedException();
}
