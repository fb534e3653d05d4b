using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Watches over a set-up. The kernel notifies of changes to links, addresses, routes, rules, forwarding and nftables: any
/// notification makes this look at every part. What no notification tells of, such as most system controls and BPF programs, is
/// looked at every few seconds.
/// </summary>
/// <remarks>
/// One thread, in the network namespace of the thread that makes it. What is put back is notified too, and leads to one more
/// look, which finds everything in its place.
/// </remarks>
internal sealed unsafe class HostGuard : IDisposable
{
    // Group N is bit N - 1: RTNLGRP_LINK 1, IPV4_IFADDR 5, IPV4_ROUTE 7, IPV4_RULE 8, IPV6_ROUTE 11, IPV6_RULE 19, IPV4_NETCONF
    // 24, IPV6_NETCONF 25; NFNLGRP_NFTABLES 7.
    private const uint RouteGroups = 1 << 0 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 18 | 1 << 23 | 1 << 24;
    private const uint NetfilterGroups = 1 << 6;

    /// <summary>How soon a change is seen that no notification tells of.</summary>
    private static readonly TimeSpan VerifyInterval = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at least: a routing daemon that learns a whole table costs little.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>As <see cref="Pause"/> where something could not be put back, or was taken away time and again.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    private readonly HostSetUp _setUp;
    private readonly Action<IReadOnlyList<HostChange>> _report;
    private readonly NetlinkSocket _routes = NetlinkSocket.Open(NetlinkSocket.Route, RouteGroups);
    private readonly NetlinkSocket _netfilter = NetlinkSocket.Open(NetlinkSocket.Netfilter, NetfilterGroups);
    private readonly ManualResetEventSlim _stopping = new();
    private readonly SafeFileHandle _wake = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
    private readonly Thread _thread;

    /// <summary>
    /// Opens the netlink sockets in the network namespace of the calling thread, and starts the guard's thread.
    /// </summary>
    /// <param name="name">The link or engine that is guarded; names the thread.</param>
    /// <param name="setUp">The parts that are looked at.</param>
    /// <param name="report">Told on the guard's thread of what a look found.</param>
    public HostGuard(string name, HostSetUp setUp, Action<IReadOnlyList<HostChange>> report)
    {
        if (_wake.IsInvalid) throw LinuxException.FromLastError("making an eventfd");
        _setUp = setUp;
        _report = report;
        _thread = new Thread(Work) { IsBackground = true, Name = $"guard of {name}" };
        _thread.Start();
    }

    public void Dispose()
    {
        if (_stopping.IsSet) return;
        _stopping.Set();
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
        _thread.Join();
        _routes.Dispose();
        _netfilter.Dispose();
        _wake.Dispose();
    }

    private void Work()
    {
        while (!_stopping.IsSet)
        {
            _routes.Discard();
            _netfilter.Discard();
            if (_setUp.Look(Stopwatch.GetElapsedTime(0)) is { Count: > 0 } changes) _report(changes);
            _stopping.Wait(_setUp.IsIncomplete ? LongPause : Pause);
            AwaitChange();
        }
    }

    private void AwaitChange()
    {
        var descriptors = stackalloc Libc.PollDescriptor[3];
        descriptors[0] = Readable(_routes.Handle);
        descriptors[1] = Readable(_netfilter.Handle);
        descriptors[2] = Readable(_wake);
        var limit = new Libc.TimeSpec { Seconds = (long)VerifyInterval.TotalSeconds };
        _ = Libc.ppoll(descriptors, 3, &limit, null);
    }

    private static Libc.PollDescriptor Readable(System.Runtime.InteropServices.SafeHandle handle) =>
        new() { Descriptor = (int)handle.DangerousGetHandle(), Events = Libc.PollIn };
}
