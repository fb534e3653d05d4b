using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// A kernel TCP socket that can be put into repair mode (TCP_REPAIR), where its state is read and written and it sends nothing.
/// </summary>
internal sealed unsafe partial class RepairSocket : IDisposable
{
    private const int RepairOn = 1;
    private const int RepairOffNoProbe = -1;

    private RepairSocket(SafeSocketHandle handle, bool isIPv6)
    {
        Handle = handle;
        IsIPv6 = isIPv6;
    }

    public SafeSocketHandle Handle { get; }

    public bool IsIPv6 { get; }

    /// <summary>
    /// Opens a socket in the network namespace of the calling thread. It is in repair mode from the start, and may bind to an
    /// address that is not local.
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

    /// <summary>The timestamp clock, ms. The kernel keeps the lowest bit for itself: the value read may be 1 too low.</summary>
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

    /// <summary>
    /// In repair mode: the connection is gone at once and silently, no FIN, no RST; its addresses are free for another socket.
    /// </summary>
    public void Forget()
    {
        const uint ShortestAddress = 16;
        var unspecified = stackalloc byte[(int)ShortestAddress];
        _ = Libc.connect(Handle, unspecified, ShortestAddress);
    }

    public void Dispose() => Handle.Dispose();

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
