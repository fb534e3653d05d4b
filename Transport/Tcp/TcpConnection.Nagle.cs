using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Nagle's algorithm (RFC 9293 section 3.7.4), in the form of its appendix A.3, as in Linux: one segment that is not full may be
/// unacknowledged. So the end of what is written leaves with the full segments before it, and no delayed acknowledgment holds it up.
/// </summary>
public sealed partial class TcpConnection
{
    private SequenceNumber _smallEnd;

    /// <summary>Of <paramref name="length"/> bytes up to the end of what was written, what may leave now; -1: nothing.</summary>
    private int WithoutSmall(int length, int full)
    {
        if (_options.NoDelay || _smallEnd <= _sndUna || length % full == 0) return length;
        return length >= full ? length / full * full : -1;
    }

    /// <summary>New text of <paramref name="length"/> bytes was sent: the last segment of it may not be full.</summary>
    private void NoteSmall(int length)
    {
        if (length % FullSegment > 0) _smallEnd = _sndMax;
    }

    private uint ExportSmall() => (uint)Math.Max(0, _smallEnd - _sndUna);

    private void ImportSmall(SendSpaceSection space) => _smallEnd = _sndUna + space.SmallOutstanding;
}
