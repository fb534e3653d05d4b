using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// A netlink(7) socket of the network namespace that the calling thread is in when it is opened; from then on any thread may use
/// it. The kernel answers a request while it is sent, so that no call waits.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>NETLINK_ROUTE: links, addresses, routes, rules.</summary>
    public const int Route = 0;

    /// <summary>NETLINK_NETFILTER: nftables.</summary>
    public const int Netfilter = 12;

    // SOL_NETLINK, NETLINK_GET_STRICT_CHK.
    private const int LevelNetlink = 270;
    private const int StrictCheck = 12;

    private const int LongestAnswer = 64 * 1024;
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;

    private readonly SafeFileHandle _socket;
    private readonly Lock _gate = new();
    private readonly byte[] _answer = new byte[LongestAnswer];
    private uint _sequence;

    private NetlinkSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Reads the body of one message of the answer: what follows the header.</summary>
    public delegate void Reader(ReadOnlySpan<byte> body);

    public SafeHandle Handle => _socket;

    /// <summary>Opens a socket in the network namespace of the calling thread.</summary>
    /// <param name="protocol">The netlink family: <see cref="Route"/> or <see cref="Netfilter"/>.</param>
    /// <param name="groups">The multicast groups whose notifications the socket receives: bit N - 1 for group N.</param>
    public static NetlinkSocket Open(int protocol, uint groups = 0)
    {
        var descriptor = Libc.socket(Libc.AddressFamilyNetlink, Libc.SocketRaw | Libc.SocketCloseOnExec, protocol);
        if (descriptor < 0) throw LinuxException.FromLastError("opening a netlink socket");
        var socket = new SafeFileHandle(descriptor, ownsHandle: true);
        var address = new Address { Family = Libc.AddressFamilyNetlink, Groups = groups };
        if (Libc.bind(socket, &address, (uint)sizeof(Address)) == 0) return new NetlinkSocket(socket);
        var error = LinuxException.FromLastError("binding a netlink socket");
        socket.Dispose();
        throw error;
    }

    /// <summary>From now on the kernel looks at what a dump asks for, and tells that alone.</summary>
    public void FilterDumps()
    {
        var yes = 1;
        if (Libc.setsockopt(_socket, LevelNetlink, StrictCheck, &yes, sizeof(int)) != 0)
            throw LinuxException.FromLastError("asking netlink for strict checks");
    }

    /// <summary>Asks for a change or for one object. Returns 0, or what went wrong (errno).</summary>
    public int Request(NetlinkMessage message, Reader? read = null)
    {
        lock (_gate)
        {
            var sequence = ++_sequence;
            return Send(message.Finish(sequence)) is > 0 and var error ? error : Receive(sequence, sequence, read);
        }
    }

    /// <summary>
    /// Asks for changes that happen together, or not at all (struct nlmsgbatch of nfnetlink). Returns 0, or what went wrong with
    /// the first that failed (errno).
    /// </summary>
    /// <param name="begin">The message that begins the batch.</param>
    /// <param name="changes">The changes, of which the last asks for an acknowledgment.</param>
    /// <param name="end">The message that ends the batch.</param>
    public int RequestBatch(NetlinkMessage begin, IReadOnlyList<NetlinkMessage> changes, NetlinkMessage end)
    {
        lock (_gate)
        {
            var first = ++_sequence;
            var batch = new ArrayBufferWriter<byte>();
            batch.Write(begin.Finish(first));
            foreach (var change in changes) batch.Write(change.Finish(++_sequence));
            var last = _sequence;
            batch.Write(end.Finish(++_sequence));
            return Send(batch.WrittenSpan) is > 0 and var error ? error : Receive(first, last, read: null);
        }
    }

    /// <summary>Takes the notifications that have come, unread; also the word that some were lost.</summary>
    public void Discard()
    {
        byte first;
        while (Libc.recv(_socket, &first, sizeof(byte), Libc.MessageDontWait | Libc.MessageTruncate) >= 0
            || Marshal.GetLastPInvokeError() == Libc.ENOBUFS)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Libc.write(_socket, start, (nuint)bytes.Length) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>
    /// Until the acknowledgment of the last, the error of one of them, or the end of the dump; a change or a single object has
    /// the one, a dump the other.
    /// </summary>
    private int Receive(uint first, uint last, Reader? read)
    {
        while (true)
        {
            nint received;
            fixed (byte* start = _answer) received = Libc.recv(_socket, start, LongestAnswer, 0);
            if (received < 0) return Marshal.GetLastPInvokeError();
            var rest = _answer.AsSpan(0, (int)received);
            while (rest.Length >= NetlinkMessage.HeaderSize)
            {
                var length = MemoryMarshal.Read<int>(rest);
                if (length < NetlinkMessage.HeaderSize || length > rest.Length) break;
                var body = rest[NetlinkMessage.HeaderSize..length];
                var sequence = MemoryMarshal.Read<uint>(rest[8..]);
                if (unchecked(sequence - first) <= unchecked(last - first))
                {
                    switch (MemoryMarshal.Read<ushort>(rest[4..]))
                    {
                        case ErrorType when -MemoryMarshal.Read<int>(body) is var error && (error != 0 || sequence == last):
                            return error;
                        case ErrorType:
                            break; // an acknowledgment before that of the last
                        case DoneType:
                            return 0;
                        default:
                            read?.Invoke(body);
                            break;
                    }
                }

                rest = rest[Math.Min(NetlinkMessage.Align(length), rest.Length)..];
            }
        }
    }

    /// <summary>struct sockaddr_nl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }
}
