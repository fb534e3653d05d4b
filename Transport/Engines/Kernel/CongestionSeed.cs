using ActorStack.Transport.Linux;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Gives a socket its congestion window and slow start threshold at the moment its connect in repair mode makes it established: a
/// BPF program on the service's cgroup looks up the socket's cookie in a map. The kernel detaches it when its link is closed,
/// also after a kill.
/// </summary>
/// <remarks>
/// The one call that sets the threshold sets a cap of the window with it. So the same program raises both once a round trip where
/// the window has come up to them: by one segment in each of the first 32 round trips, as congestion avoidance would, by two in
/// the next 32, and so on up to 1024. A loss leaves the cap behind, above the window.
/// </remarks>
internal sealed unsafe class CongestionSeed : IDisposable
{
    private const int Capacity = 1 << 20;

    private const int ActiveEstablished = 4;
    private const int RoundTrip = 12;
    private const int RoundTripFlag = 8;
    private const short WindowOfContext = 76;
    private const short ThresholdOffset = 4;
    private const short RaisesOffset = 8;
    private const int InitialWindow = 1001;
    private const int WindowClamp = 1002;
    private const int LookUp = 1;
    private const int SocketCookie = 46;
    private const int SetSocketOption = 49;
    private const int SetCallbackFlags = 59;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _map;
    private readonly SafeFileHandle _program;
    private SafeFileHandle? _link;
    private string _cgroup = "";
    private bool _isDisposed;

    private CongestionSeed(SafeFileHandle map)
    {
        _map = map;
        _program = Bpf.LoadSocketOperations(Program(map));
    }

    /// <summary>The BPF link between the program and the cgroup.</summary>
    public SafeFileHandle Attachment => _link!;

    /// <summary>
    /// The attachment, which an administrator can end, and which goes with the cgroup that the service is moved out of.
    /// </summary>
    public IEnumerable<HostPart> Parts => [new("BPF program on the service's cgroup", EnsureAttached, IsVital: false)];

    /// <summary>Null, with the reason, where the system does not allow it.</summary>
    public static (CongestionSeed? Seed, string Reason) TryCreate()
    {
        try
        {
            if (FindCgroup() is null) return (null, "the service is in no cgroup2, whose BPF programs could set it");
            var map = Bpf.CreateHashMap(keySize: sizeof(ulong), valueSize: (uint)sizeof(CongestionSeedEntry), Capacity);
            CongestionSeed? seed = null;
            try
            {
                seed = new CongestionSeed(map);
                seed.EnsureAttached();
                return (seed, "");
            }
            catch (LinuxException)
            {
                seed?.Dispose();
                map.Dispose();
                throw;
            }
        }
        catch (LinuxException error)
        {
            return (null, $"BPF is not permitted here: {error.Message}");
        }
    }

    /// <summary>
    /// Sets the windows that a socket will begin with. Returns null, or why they cannot be set. The entry must be removed when
    /// the socket is closed.
    /// </summary>
    /// <param name="cookie">The kernel's number of the socket (SO_COOKIE).</param>
    /// <param name="window">Segments.</param>
    /// <param name="threshold">Segments, not below the window; 0: slow start goes on.</param>
    public string? TryAdd(ulong cookie, uint window, uint threshold)
    {
        lock (_gate)
        {
            var entry = new CongestionSeedEntry(window, threshold, Raises: 0);
            return _isDisposed ? "the engine was stopped" : Bpf.TryUpdate(_map, &cookie, &entry);
        }
    }

    public void Remove(ulong cookie)
    {
        lock (_gate)
        {
            if (!_isDisposed) Bpf.Delete(_map, &cookie);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _link?.Dispose();
            _program.Dispose();
            _map.Dispose();
        }
    }

    private bool EnsureAttached()
    {
        lock (_gate)
        {
            if (_isDisposed) return false;
            var path = FindCgroup() ?? throw new LinuxException("the service is in no cgroup2 any more");
            if (path == _cgroup && _link is { } link && Bpf.IsAttached(link)) return false;
            using var cgroup = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
            if (cgroup.IsInvalid) throw LinuxException.FromLastError($"opening {path}");
            var attached = Bpf.AttachToCgroup(_program, cgroup);
            _link?.Dispose();
            (_link, _cgroup) = (attached, path);
            return true;
        }
    }

    private static string? FindCgroup()
    {
        try
        {
            var own = File.ReadLines("/proc/self/cgroup")
                .FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal));
            var mount = File.ReadLines("/proc/self/mountinfo")
                .FirstOrDefault(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal));
            return own is null || mount is null ? null : mount.Split(' ')[4] + own["0::".Length..];
        }
        catch (IOException error) when (error is not LinuxException)
        {
            throw new LinuxException($"looking for the service's cgroup: {error.Message}");
        }
    }

    // entry = map[cookie(ops)]; if (!entry) return 1;
    // if (ops->op == ACTIVE_ESTABLISHED) { IW = entry->window; if (entry->threshold) { CLAMP = entry->threshold; flags = RTT; } }
    // if (ops->op == RTT && ops->snd_cwnd >= entry->threshold) { CLAMP = entry->threshold = ops->snd_cwnd + (1 <<
    // min(++entry->raises / 32, 10)); } return 1;
    private static BpfInstruction[] Program(SafeFileHandle map)
    {
        BpfInstruction[] established =
        [
            .. SetOption(InitialWindow, offset: 0),
            BpfInstruction.Load32(2, from: 8, ThresholdOffset),
            BpfInstruction.JumpIfEqual(2, 0, offset: 10),
            .. SetOption(WindowClamp, ThresholdOffset),
            BpfInstruction.Move(1, from: 6),
            BpfInstruction.Set(2, RoundTripFlag),
            BpfInstruction.Call(SetCallbackFlags),
        ];
        BpfInstruction[] roundTrip =
        [
            BpfInstruction.Load32(2, from: 8, ThresholdOffset),
            BpfInstruction.Load32(3, from: 6, WindowOfContext),
            BpfInstruction.JumpIfLessThan(3, 2, offset: 17),
            BpfInstruction.Load32(4, from: 8, RaisesOffset),
            BpfInstruction.Add(4, 1),
            BpfInstruction.Store32(8, RaisesOffset, from: 4),
            BpfInstruction.ShiftRight(4, 5),
            BpfInstruction.JumpIfLess(4, 10, offset: 1),
            BpfInstruction.Set(4, 10),
            BpfInstruction.Set(5, 1),
            BpfInstruction.ShiftLeft(5, 4),
            BpfInstruction.AddRegister(3, 5),
            BpfInstruction.Store32(8, ThresholdOffset, from: 3),
            .. SetOption(WindowClamp, ThresholdOffset),
        ];
        return
        [
            .. FindEntry(map, toEnd: (short)(established.Length + roundTrip.Length + 4)),
            BpfInstruction.JumpIfEqual(7, RoundTrip, (short)(established.Length + 2)),
            BpfInstruction.JumpUnlessEqual(7, ActiveEstablished, (short)(established.Length + roundTrip.Length + 1)),
            .. established,
            BpfInstruction.Jump((short)roundTrip.Length),
            .. roundTrip,
            BpfInstruction.Set(0, 1),
            BpfInstruction.Exit,
        ];
    }

    // Register 6: the context, 7: the operation, 8: the entry.
    private static BpfInstruction[] FindEntry(SafeFileHandle map, short toEnd) =>
    [
        BpfInstruction.Move(6, from: 1),
        BpfInstruction.Load32(7, from: 1, offset: 0),
        BpfInstruction.Call(SocketCookie),
        BpfInstruction.Store64(10, offset: -8, from: 0),
        BpfInstruction.LoadMap(1, map),
        BpfInstruction.LoadMapEnd,
        BpfInstruction.Move(2, from: 10),
        BpfInstruction.Add(2, -8),
        BpfInstruction.Call(LookUp),
        BpfInstruction.JumpIfEqual(0, 0, toEnd),
        BpfInstruction.Move(8, from: 0),
    ];

    private static BpfInstruction[] SetOption(int option, short offset) =>
    [
        BpfInstruction.Move(1, from: 6),
        BpfInstruction.Set(2, SocketOption.LevelTcp),
        BpfInstruction.Set(3, option),
        BpfInstruction.Move(4, from: 8),
        BpfInstruction.Add(4, offset),
        BpfInstruction.Set(5, sizeof(uint)),
        BpfInstruction.Call(SetSocketOption),
    ];
}
