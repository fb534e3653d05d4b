using System.Runtime.InteropServices;
using System.Text;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The options of the socket: those of the handshake, those of the application, and the system calls.</summary>
internal sealed unsafe partial class RepairSocket
{
    private const uint OptionMaximumSegment = 2;
    private const uint OptionWindowScale = 3;
    private const uint OptionSackPermitted = 4;
    private const uint OptionTimestamps = 8;

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
    /// Bytes; the kernel doubles them. Without the right to exceed the system's limit the kernel tunes the buffer.
    /// </summary>
    public void SetReceiveBuffer(int size) => TrySet(SocketOption.ReceiveBufferForce, size);

    /// <summary>Bytes; the kernel doubles them. Without the right to exceed the system's limit, that limit bounds them.</summary>
    public void SetSendBuffer(int size)
    {
        if (!TrySet(SocketOption.SendBufferForce, size)) Set(SocketOption.LevelSocket, SocketOption.SendBuffer, size);
    }

    /// <summary>False where the kernel has no such algorithm, or this process may not choose it.</summary>
    public bool TrySetCongestion(string name)
    {
        const int LongestName = 16;
        if (name.Length is 0 or >= LongestName) return false;
        Span<byte> bytes = stackalloc byte[LongestName];
        var length = Encoding.ASCII.GetBytes(name, bytes);
        fixed (byte* value = bytes)
            return Libc.setsockopt(Handle, SocketOption.LevelTcp, SocketOption.Congestion, value, (uint)length) == 0;
    }

    /// <summary>Sets the options of the handshake. The socket must be connected.</summary>
    public void SetNegotiated(
        ushort sendMss, bool windowScaling, byte sndWindScale, byte rcvWindScale, bool sackPermitted, bool timestamps)
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
}
