using ActorStack.Transport.Linux;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Gives a socket its congestion window at the moment its connect in repair mode makes it established: a BPF program on the service's
/// cgroup looks up the socket's cookie in a map. The kernel detaches it when its link is closed, also after a kill.
/// </summary>
internal sealed unsafe class CongestionSeed : IDisposable
{
    private readonly SafeFileHandle _map;
    private readonly SafeFileHandle _link;

    private CongestionSeed(SafeFileHandle map, SafeFileHandle link)
    {
        _map = map;
        _link = link;
    }

    /// <summary>Null, with the reason, where the system does not allow it.</summary>
    public static (CongestionSeed? Seed, string Reason) TryCreate()
    {
        try
        {
            if (FindCgroup() is not { } path) return (null, "the service is in no cgroup2, whose BPF programs could set it");
            using var cgroup = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
            if (cgroup.IsInvalid) throw LinuxException.FromLastError($"opening {path}");
            var map = Bpf.CreateHashMap(keySize: sizeof(ulong), valueSize: sizeof(uint), capacity: 4096);
            try
            {
                using var program = Bpf.LoadSocketOperations(Program(map));
                return (new CongestionSeed(map, Bpf.AttachToCgroup(program, cgroup)), "");
            }
            catch (LinuxException)
            {
                map.Dispose();
                throw;
            }
        }
        catch (LinuxException error)
        {
            return (null, $"BPF is not permitted here: {error.Message}");
        }
    }

    /// <summary>Null, or why it can't be set.</summary>
    public string? TryAdd(ulong cookie, uint segments) => Bpf.TryUpdate(_map, &cookie, &segments);

    public void Remove(ulong cookie) => Bpf.Delete(_map, &cookie);

    public void Dispose()
    {
        _link.Dispose();
        _map.Dispose();
    }

    private static string? FindCgroup()
    {
        var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal));
        var mount = File.ReadLines("/proc/self/mountinfo").FirstOrDefault(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal));
        return own is null || mount is null ? null : mount.Split(' ')[4] + own["0::".Length..];
    }

    // if (ops->op == ACTIVE_ESTABLISHED && (window = map[cookie(ops)])) setsockopt(ops, SOL_TCP, TCP_BPF_IW, window, 4); return 1;
    private static BpfInstruction[] Program(SafeFileHandle map)
    {
        const int ActiveEstablished = 4;
        const int InitialWindow = 1001;
        const int LookUp = 1;
        const int SocketCookie = 46;
        const int SetSocketOption = 49;
        const short ToReturn1 = 14;
        const short ToReturn2 = 6;
        return
        [
            BpfInstruction.Move(6, from: 1),
            BpfInstruction.Load32(2, from: 1, offset: 0),
            BpfInstruction.JumpUnlessEqual(2, ActiveEstablished, ToReturn1),
            BpfInstruction.Call(SocketCookie),
            BpfInstruction.Store64(10, offset: -8, from: 0),
            BpfInstruction.LoadMap(1, map),
            BpfInstruction.LoadMapEnd,
            BpfInstruction.Move(2, from: 10),
            BpfInstruction.Add(2, -8),
            BpfInstruction.Call(LookUp),
            BpfInstruction.JumpIfEqual(0, 0, ToReturn2),
            BpfInstruction.Move(4, from: 0),
            BpfInstruction.Move(1, from: 6),
            BpfInstruction.Set(2, SocketOption.LevelTcp),
            BpfInstruction.Set(3, InitialWindow),
            BpfInstruction.Set(5, sizeof(uint)),
            BpfInstruction.Call(SetSocketOption),
            BpfInstruction.Set(0, 1),
            BpfInstruction.Exit,
        ];
    }
}
