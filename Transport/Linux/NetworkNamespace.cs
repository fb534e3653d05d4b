using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// An anonymous network namespace, held by a thread of its own. Sockets, TUN devices and child processes made on that thread
/// belong to it for good, whichever thread uses them later. It has no name and leaves no trace: it vanishes with the last process
/// in it, also after kill -9.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private const string DefaultReceivers = "/proc/sys/net/core/rps_default_mask";
    private const string CurrentPath = "/proc/thread-self/ns/net";

    [ThreadStatic]
    private static string? CurrentIdentity;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Lock _startLock = new();
    private readonly Action<NetworkNamespace> _enter;
    private readonly string _label;
    private Thread? _thread;
    private SafeFileHandle? _handle;
    private string? _identity;

    private NetworkNamespace(string label, Action<NetworkNamespace> enter)
    {
        _label = label;
        _enter = enter;
    }

    /// <summary>
    /// Makes a namespace with its loopback up. Needs <see cref="LinuxFeatures.NetworkNamespace"/>; throws
    /// <see cref="LinuxException"/>.
    /// </summary>
    public static NetworkNamespace Create(string label = "")
    {
        LinuxSupport.Require(LinuxFeatures.NetworkNamespace, "a network namespace");
        var created = new NetworkNamespace(label, static created => created.Unshare());
        try
        {
            created.Ip("link", "set", "dev", "lo", "up");
            created.KeepFlowsInOrder();
            return created;
        }
        catch (LinuxException)
        {
            created.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The namespace of the calling thread. Work comes back to it from threads that are elsewhere, which needs CAP_SYS_ADMIN;
    /// from threads that are in it, nothing is needed.
    /// </summary>
    public static NetworkNamespace Current()
    {
        var current = new NetworkNamespace("current", static current => current.Enter());
        current.Capture();
        return current;
    }

    /// <summary>
    /// The namespace that <paramref name="path"/> names, e.g. <c>/run/netns/NAME</c> or another process's <see cref="Path"/>.
    /// Needs CAP_SYS_ADMIN.
    /// </summary>
    public static NetworkNamespace Open(string path)
    {
        var handle = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        if (handle.IsInvalid) throw LinuxException.FromLastError($"opening the network namespace {path}");
        return new NetworkNamespace(path, static opened => opened.Enter()) { _handle = handle };
    }

    /// <summary>
    /// A path other processes can open while this one lives, e.g. for <c>ip link ... netns PATH</c> or <c>nsenter --net=PATH</c>.
    /// </summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle!.DangerousGetHandle()}";

    /// <summary>
    /// Runs <paramref name="function"/> on the namespace's thread and waits. It must not await: its continuations would leave.
    /// </summary>
    public T Run<T>(Func<T> function)
    {
        if (IsCurrent) return function();
        EnsureEntered();
        return RunOnThread(function);
    }

    /// <summary>Runs <paramref name="action"/> on the namespace's thread and waits.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Starts a child process inside the namespace.</summary>
    public Process Start(ProcessStartInfo description) => Run(() =>
        Process.Start(description) ?? throw new LinuxException($"`{description.FileName}` did not start"));

    /// <summary>
    /// Runs a program inside the namespace to its end and returns what it printed; throws <see cref="LinuxException"/> where it
    /// failed.
    /// </summary>
    public string Execute(string file, params string[] arguments) =>
        Tool.Run(Tool.Describe(file, arguments, input: null), Start, input: null);

    /// <summary>Runs <c>ip</c> inside the namespace.</summary>
    public string Ip(params string[] arguments) => Execute("ip", arguments);

    /// <summary>Sets a key of /proc/sys/net in the namespace, e.g. <c>ipv4/ip_forward</c>.</summary>
    public void SetSystemControl(string key, string value) => Run(() => File.WriteAllText($"/proc/sys/net/{key}", value));

    /// <summary>
    /// Joins this namespace and <paramref name="other"/> by a pair of virtual Ethernet devices, both up. The addresses carry
    /// their prefix length (<c>10.0.0.1/24</c>); IPv6 ones are usable at once (no duplicate address detection).
    /// </summary>
    public void AddVeth(
        NetworkNamespace other, string name, string otherName, IEnumerable<string> addresses, IEnumerable<string> otherAddresses,
        int mtu = 1500)
    {
        Ip("link", "add", "name", name, "mtu", mtu.ToString(), "type", "veth",
            "peer", "name", otherName, "mtu", mtu.ToString(), "netns", other.Path);
        SetUp(name, addresses);
        other.SetUp(otherName, otherAddresses);
    }

    /// <summary>Routes <paramref name="prefix"/> by way of <paramref name="gateway"/>.</summary>
    public void AddRoute(string prefix, string gateway) => Ip("route", "add", prefix, "via", gateway);

    /// <summary>Makes the namespace a router, as a service with virtual addresses behind a TUN device needs it.</summary>
    public void EnableForwarding()
    {
        SetSystemControl("ipv4/ip_forward", "1");
        SetSystemControl("ipv4/conf/all/rp_filter", "0");
        SetSystemControl("ipv4/conf/default/rp_filter", "0");
        SetSystemControl("ipv6/conf/all/forwarding", "1");
    }

    /// <summary>Ends the thread; the namespace lives on while sockets or processes are in it.</summary>
    public void Dispose()
    {
        if (_work.IsAddingCompleted) return;
        _work.CompleteAdding();
        if (Thread.CurrentThread != _thread) _thread?.Join();
        _handle?.Dispose();
    }

    /// <summary>
    /// Lets one processor receive all segments of a flow on each device that is added (receive packet steering, by the hash of
    /// the flow). A virtual Ethernet otherwise queues a segment on the processor that sends it, so that segments overtake each
    /// other when the sender changes its processor; a network adapter keeps them in order. Kernels before 6.3 have no such
    /// default, and a user namespace may not change it.
    /// </summary>
    private void KeepFlowsInOrder() => Run(() =>
    {
        if (!File.Exists(DefaultReceivers)) return;
        try
        {
            File.WriteAllText(DefaultReceivers, ProcessorMask.First(Environment.ProcessorCount));
        }
        catch (UnauthorizedAccessException)
        {
            // The order of segments is then that of a virtual Ethernet, which TCP bears.
        }
    });

    private void SetUp(string device, IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            string[] flags = address.Contains(':') ? ["nodad"] : [];
            Ip(["address", "add", address, "dev", device, .. flags]);
        }

        Ip("link", "set", "dev", device, "up");
    }

    private void EnsureEntered()
    {
        lock (_startLock)
        {
            if (_thread is not null) return;
            var thread = new Thread(WorkThrough) { IsBackground = true, Name = $"netns {_label}" };
            thread.Start();
            try
            {
                RunOnThread(() =>
                {
                    _enter(this);
                    return true;
                });
            }
            catch (LinuxException)
            {
                _work.CompleteAdding();
                throw;
            }

            _thread = thread;
        }
    }

    private T RunOnThread<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    private bool IsCurrent => _identity is not null && (CurrentIdentity ??= ReadIdentity()) == _identity;

    /// <summary>Names the calling thread's namespace as long as anything holds it.</summary>
    internal static string? CurrentId => ReadIdentity();

    /// <summary>
    /// Names the calling thread's namespace, and no other of this boot. Throws <see cref="SocketException"/> before Linux 5.14.
    /// </summary>
    internal static ulong CurrentCookie
    {
        get
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            Span<byte> cookie = stackalloc byte[sizeof(ulong)];
            socket.GetRawSocketOption(SocketOption.LevelSocket, SocketOption.NetworkCookie, cookie);
            return MemoryMarshal.Read<ulong>(cookie);
        }
    }

    private static string? ReadIdentity() => new FileInfo(CurrentPath).LinkTarget;

    private void Unshare()
    {
        if (Libc.unshare(Libc.CloneNewNetwork) != 0) throw LinuxException.FromLastError("making a network namespace (unshare)");
        Capture();
    }

    private void Enter()
    {
        if (Libc.setns(_handle!, Libc.CloneNewNetwork) != 0)
            throw LinuxException.FromLastError("entering a network namespace (setns)");
    }

    private void Capture()
    {
        var handle = Libc.open(CurrentPath, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        if (handle.IsInvalid) throw LinuxException.FromLastError($"opening {CurrentPath}");
        _handle = handle;
        _identity = CurrentIdentity = ReadIdentity();
    }

    private void WorkThrough()
    {
        foreach (var item in _work.GetConsumingEnumerable()) item();
    }
}
