using System.Runtime.InteropServices;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary><c>struct tcp_repair_window</c> of linux/tcp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RepairWindow
{
    public uint SndWl1;
    public uint SndWnd;
    public uint MaxSndWnd;
    public uint RcvWnd;
    public uint RcvWup;
}
