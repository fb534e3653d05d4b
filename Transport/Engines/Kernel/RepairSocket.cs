using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// A kernel TCP socket that can be put into repair mode (TCP_REPAIR), where its state is read and written and it sends nothing.
/// </summary>
internal sealed unsafe class RepairSocket : IDisposable
{
    private const int RepairOn = 1;
    private const int RepairOffNoProbe = -1;
    private const int ReceiveQueue = 1;
    private const int SendQueue = 2;

    private const uint OptionMaximumSegment = 2;
    private const uint OptionWindowScale = 3;
    private const uint OptionSackPermitted = 4;
    private const uint OptionTimestamps = 8;

    private const int MaximumVectors = 64;
    private const int SmallestChunk = 4096;

    private RepairSocket(SafeSocketHandle handle, bool isIPv6)
    {
        Handle = handle;
        IsIPv6 = isIPv6;
    }

    public SafeSocketHandle Handle { get; }

    public bool IsIPv6 { get; }

    /// <summary>
    /// Belongs to the network namespace of the calling thread. In repair mode from the start; may bind to an address that is not
    /// local.
    /// </summary>
    public static RepairSocket Open(bool isIPv6)
    {
        var descriptor = Libc.socket(
            isIPv6 ? Libc.AddressFamilyInet6 : Libc.AddressFamilyInet,
            Libc.SocketStream | Libc.SocketNonBlocking | Libc.SocketCloseOnExec, 0);
        if (descriptor < 0) throw LinuxException.FromLastError("making a socket");
        var socket = new RepairSocket(new SafeSocketHandle(descriptor, ownsHandle: true), isIPv6);
        try
        {
            socket.Set(SocketOption.LevelSocket, SocketOption.ReuseAddress, 1);
            if (isIPv6) socket.Set(SocketOption.LevelIPv6, SocketOption.IPv6Transparent, 1);
            else socket.Set(SocketOption.LevelIp, SocketOption.IpTransparent, 1);
            socket.EnterRepair();
            return socket;
        }
        catch (LinuxException)
        {
            socket.Dispose();
            throw;
        }
    }

    public void EnterRepair() => Set(SocketOption.LevelTcp, SocketOption.Repair, RepairOn);

    public void LeaveRepair() => Set(SocketOption.LevelTcp, SocketOption.Repair, RepairOffNoProbe);

    /// <summary>In repair mode no SYN leaves: the connection is established at once.</summary>
    public void Connect(TcpEndpoint local, TcpEndpoint remote)
    {
        const int Size = 28;
        var address = stackalloc byte[Size];
        var length = WriteAddress(new Span<byte>(address, Size), local);
        var error = Libc.bind(Handle, address, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error != 0) throw new LinuxException($"binding to {local}", error);
        length = WriteAddress(new Span<byte>(address, Size), remote);
        error = Libc.connect(Handle, address, length) == 0 ? 0 : Marshal.GetLastPInvokeError(); // formatting may change it
        if (error != 0) throw new LinuxException($"connecting {local} to {remote}", error);
    }

    public uint ReceiveSequence
    {
        get => GetSequence(ReceiveQueue);
        set => SetSequence(ReceiveQueue, value);
    }

    /// <summary>The number after the last byte that was put into the send queue.</summary>
    public uint SendSequence
    {
        get => GetSequence(SendQueue);
        set => SetSequence(SendQueue, value);
    }

    public RepairWindow Window
    {
        get
        {
            RepairWindow window;
            Get(SocketOption.LevelTcp, SocketOption.RepairWindow, &window, (uint)sizeof(RepairWindow));
            return window;
        }
        set => Set(SocketOption.LevelTcp, SocketOption.RepairWindow, &value, (uint)sizeof(RepairWindow));
    }

    /// <summary>The timestamp clock, ms. The kernel keeps the lowest bit for itself: what is read may be 1 too low.</summary>
    public uint Timestamp
    {
        get => (uint)Get(SocketOption.LevelTcp, SocketOption.Timestamp);
        set => Set(SocketOption.LevelTcp, SocketOption.Timestamp, (int)value);
    }

    public TcpInfo Information
    {
        get
        {
            TcpInfo information;
            Get(SocketOption.LevelTcp, SocketOption.Information, &information, (uint)sizeof(TcpInfo));
            return information;
        }
    }

    public ulong Cookie
    {
        get
        {
            ulong cookie;
            Get(SocketOption.LevelSocket, SocketOption.Cookie, &cookie, sizeof(ulong));
            return cookie;
        }
    }

    /// <summary>The pending error, which this clears; 0: none.</summary>
    public int TakeError() => Get(SocketOption.LevelSocket, SocketOption.Error);

    public int ReceiveQueueLength => Measure(SocketOption.ReceiveQueueLength);

    /// <summary>
    /// Memory of all that arrived and was not read, bytes: beside <see cref="ReceiveQueueLength"/> also what waits beyond a gap.
    /// </summary>
    public uint ReceiveMemory
    {
        get
        {
            uint memory; // SK_MEMINFO_RMEM_ALLOC is the first of the nine
            Get(SocketOption.LevelSocket, SocketOption.MemoryInformation, &memory, sizeof(uint));
            return memory;
        }
    }

    /// <summary>Sequence numbers from SND.UNA to the end of the queue, a FIN among them.</summary>
    public int SendQueueLength => Measure(SocketOption.SendQueueLength);

    /// <summary>Of these, those never sent.</summary>
    public int NotSentLength => Measure(SocketOption.SendQueueNotSentLength);

    public void Set(int level, int option, int value) => Set(level, option, &value, sizeof(int));

    /// <summary>SO_LINGER, in whole seconds; null: off.</summary>
    public void SetLinger(TimeSpan? time)
    {
        var linger = stackalloc int[2]; // struct linger
        linger[0] = time is null ? 0 : 1;
        linger[1] = (int)Math.Ceiling(time?.TotalSeconds ?? 0);
        Set(SocketOption.LevelSocket, SocketOption.Linger, linger, 2 * sizeof(int));
    }

    /// <summary>
    /// Bytes; the kernel doubles them. Without the right to exceed the system's limit it goes on growing by itself.
    /// </summary>
    public void SetReceiveBuffer(int size) => TrySet(SocketOption.ReceiveBufferForce, size);

    /// <summary>Bytes; the kernel doubles them. Without the right to exceed the system's limit as much as that allows.</summary>
    public void SetSendBuffer(int size)
    {
        if (!TrySet(SocketOption.SendBufferForce, size)) Set(SocketOption.LevelSocket, SocketOption.SendBuffer, size);
    }

    /// <summary>False where the kernel has no such algorithm, or none this process may choose.</summary>
    public bool TrySetCongestion(string name)
    {
        const int LongestName = 16;
        if (name.Length is 0 or >= LongestName) return false;
        Span<byte> bytes = stackalloc byte[LongestName];
        var length = Encoding.ASCII.GetBytes(name, bytes);
        fixed (byte* value = bytes) return Libc.setsockopt(Handle, SocketOption.LevelTcp, SocketOption.Congestion, value, (uint)length) == 0;
    }

    /// <summary>What the handshake settled. Only once connected.</summary>
    public void SetNegotiated(ushort sendMss, bool windowScaling, byte sndWindScale, byte rcvWindScale, bool sackPermitted, bool timestamps)
    {
        var options = stackalloc uint[8];
        var count = 0;
        Add(OptionMaximumSegment, sendMss);
        if (windowScaling) Add(OptionWindowScale, sndWindScale | (uint)rcvWindScale << 16);
        if (sackPermitted) Add(OptionSackPermitted, 0);
        if (timestamps) Add(OptionTimestamps, 0);
        Set(SocketOption.LevelTcp, SocketOption.RepairOptions, options, (uint)(count * sizeof(uint)));

        void Add(uint code, uint value)
        {
            options[count++] = code;
            options[count++] = value;
        }
    }

    /// <summary>
    /// The kernel computes its segment size from the peer's MSS on connecting, and again when the route's MTU or the IP options
    /// change. It does not do so for <see cref="SetNegotiated"/>; setting an empty list of IP options makes it.
    /// </summary>
    public void RefreshSegmentSize()
    {
        if (!IsIPv6)
        {
            Set(SocketOption.LevelIp, SocketOption.IpOptions, null, 0);
            return;
        }

        // IPv6 computes it only where a list is set. One that holds the default hop limit has no options; then it is removed.
        var hopLimit = new ControlMessage
        {
            Length = (nuint)sizeof(ControlMessage) - sizeof(int),
            Level = SocketOption.LevelIPv6,
            Type = SocketOption.IPv6HopLimit,
            Value = -1,
        };
        Set(SocketOption.LevelIPv6, SocketOption.IPv6PacketOptions, &hopLimit, (uint)hopLimit.Length);
        Set(SocketOption.LevelIPv6, SocketOption.IPv6PacketOptions, null, 0);
    }

    /// <summary>In repair mode: bytes that count as sent and are resent when they are not acknowledged.</summary>
    public void AppendSent(ReadOnlySpan<byte> bytes)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, SendQueue);
        var chunk = bytes.Length;
        while (bytes.Length > 0)
        {
            var sent = Send(bytes[..Math.Min(chunk, bytes.Length)]);
            if (sent >= 0)
            {
                bytes = bytes[sent..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (chunk <= SmallestChunk || error is not (Libc.EAGAIN or Libc.ENOMEM or Libc.ENOBUFS))
                throw new LinuxException("putting sent bytes into the send queue", error);
            chunk /= 2;
        }
    }

    /// <summary>The FIN goes to the end of the send queue; in repair mode it counts as sent.</summary>
    public void ShutdownSend()
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, SendQueue);
        if (Libc.shutdown(Handle, Libc.ShutdownWrite) != 0) throw LinuxException.FromLastError("shutting down the send side");
    }

    /// <summary>
    /// From here on no segment reaches the connection: a classic BPF program whose only instruction is <c>ret 0</c>.
    /// </summary>
    public void DropArriving()
    {
        const ushort Return = 0x06;
        var instruction = new FilterInstruction { Code = Return };
        var program = new FilterProgram { Length = 1, Instructions = &instruction };
        Set(SocketOption.LevelSocket, SocketOption.AttachFilter, &program, (uint)sizeof(FilterProgram));
    }

    /// <summary>In repair mode: copies the head of the send queue, which stays.</summary>
    public void PeekSendQueue(Span<byte> destination) => Peek(SendQueue, "send", destination);

    /// <summary>In repair mode: copies the head of the receive queue, which stays.</summary>
    public void PeekReceiveQueue(Span<byte> destination) => Peek(ReceiveQueue, "receive", destination);

    private void Peek(int queue, string name, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        fixed (byte* bytes = destination)
        {
            var read = Libc.recv(Handle, bytes, (nuint)destination.Length, Libc.MessagePeek | Libc.MessageDontWait);
            if (read != destination.Length) throw new LinuxException($"the {name} queue gave {read} bytes in place of {destination.Length}");
        }
    }

    /// <summary>
    /// In repair mode: the connection is gone at once and silently, no FIN, no RST; its addresses are free for another socket.
    /// </summary>
    public void Forget()
    {
        const uint ShortestAddress = 16;
        var unspecified = stackalloc byte[(int)ShortestAddress];
        _ = Libc.connect(Handle, unspecified, ShortestAddress);
    }

    /// <summary>Bytes taken; 0 at the end; -1 with errno otherwise.</summary>
    public int Receive(Span<byte> destination)
    {
        fixed (byte* bytes = destination) return (int)Libc.recv(Handle, bytes, (nuint)destination.Length, Libc.MessageDontWait);
    }

    /// <summary>Bytes sent, perhaps fewer than there are; -1 with errno.</summary>
    public int Send(in ReadOnlySequence<byte> bytes)
    {
        var vectors = stackalloc Libc.IoVector[MaximumVectors];
        var rest = bytes.GetEnumerator();
        return Send(ref rest, vectors, 0);
    }

    public void Dispose() => Handle.Dispose();

    private int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var vector = new Libc.IoVector { Base = start, Length = (nuint)bytes.Length };
            return Send(&vector, 1);
        }
    }

    // Each level of the recursion pins one piece for the length of the call, without a handle.
    private int Send(ref ReadOnlySequence<byte>.Enumerator rest, Libc.IoVector* vectors, int count)
    {
        if (count == MaximumVectors || !rest.MoveNext()) return Send(vectors, count);
        fixed (byte* piece = rest.Current.Span)
        {
            vectors[count] = new Libc.IoVector { Base = piece, Length = (nuint)rest.Current.Length };
            return Send(ref rest, vectors, count + 1);
        }
    }

    private int Send(Libc.IoVector* vectors, int count)
    {
        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        return (int)Libc.sendmsg(Handle, &message, Libc.MessageDontWait | Libc.MessageNoSignal);
    }

    private uint GetSequence(int queue)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        return (uint)Get(SocketOption.LevelTcp, SocketOption.QueueSequence);
    }

    private void SetSequence(int queue, uint value)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        Set(SocketOption.LevelTcp, SocketOption.QueueSequence, (int)value);
    }

    private int Measure(uint request)
    {
        int value;
        if (Libc.ioctl(Handle, request, &value) != 0) throw LinuxException.FromLastError($"ioctl {request:x}");
        return value;
    }

    private int Get(int level, int option)
    {
        int value;
        Get(level, option, &value, sizeof(int));
        return value;
    }

    // The forcing options want CAP_NET_ADMIN in the initial user namespace, not just in the one that owns the network.
    private bool TrySet(int option, int value)
    {
        if (Libc.setsockopt(Handle, SocketOption.LevelSocket, option, &value, sizeof(int)) == 0) return true;
        var error = LinuxException.FromLastError($"setting socket option {SocketOption.LevelSocket}/{option}");
        return error.ErrorNumber == Libc.EPERM ? false : throw error;
    }

    private void Get(int level, int option, void* value, uint length)
    {
        if (Libc.getsockopt(Handle, level, option, value, &length) != 0)
            throw LinuxException.FromLastError($"reading socket option {level}/{option}");
    }

    private void Set(int level, int option, void* value, uint length)
    {
        if (Libc.setsockopt(Handle, level, option, value, length) != 0)
            throw LinuxException.FromLastError($"setting socket option {level}/{option}");
    }

    // struct sockaddr_in, sockaddr_in6
    private static uint WriteAddress(Span<byte> destination, TcpEndpoint endpoint)
    {
        var isIPv6 = endpoint.Address.IsIPv6;
        destination.Clear();
        var family = (ushort)(isIPv6 ? Libc.AddressFamilyInet6 : Libc.AddressFamilyInet);
        MemoryMarshal.Write(destination, in family);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], endpoint.Port);
        endpoint.Address.Write(destination[(isIPv6 ? 8 : 4)..]);
        return isIPv6 ? 28u : 16u;
    }

    // struct cmsghdr with an int, which padding follows
    [StructLayout(LayoutKind.Sequential)]
    private struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Value;
        private readonly int _padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterInstruction
    {
        public ushort Code;
        public byte JumpTrue;
        public byte JumpFalse;
        public uint Operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
