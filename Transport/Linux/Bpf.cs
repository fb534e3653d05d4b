using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// The bpf(2) commands used here. Everything made goes with its handle. Failures throw <see cref="LinuxException"/>.
/// </summary>
internal static unsafe class Bpf
{
    // union bpf_attr, as far as it is used, and room for what newer kernels look at.
    private const int AttributeSize = 128;

    private const int MapCreate = 0;
    private const int MapUpdate = 2;
    private const int MapDelete = 3;
    private const int ProgramLoad = 5;
    private const int ObjectInformation = 15;
    private const int LinkCreate = 28;

    private const int HashMap = 1;
    private const uint NotPreallocated = 1;
    private const int SocketFilterProgram = 1;
    private const int SocketOperationsProgram = 13;
    private const int CgroupSocketOperations = 3;

    private static nint SystemCallNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    public static SafeFileHandle CreateHashMap(uint keySize, uint valueSize, uint capacity)
    {
        var attribute = stackalloc uint[AttributeSize / sizeof(uint)];
        attribute[0] = HashMap;
        attribute[1] = keySize;
        attribute[2] = valueSize;
        attribute[3] = capacity;
        attribute[4] = NotPreallocated;
        return Open(MapCreate, attribute, "making a BPF map");
    }

    public static SafeFileHandle LoadSocketOperations(ReadOnlySpan<BpfInstruction> program) =>
        Load(SocketOperationsProgram, CgroupSocketOperations, program);

    public static SafeFileHandle LoadSocketFilter(ReadOnlySpan<BpfInstruction> program) => Load(SocketFilterProgram, 0, program);

    /// <summary>The program runs for the cgroup's sockets as long as the returned handle is open.</summary>
    public static SafeFileHandle AttachToCgroup(SafeFileHandle program, SafeFileHandle cgroup)
    {
        var attribute = stackalloc uint[AttributeSize / sizeof(uint)];
        attribute[0] = (uint)program.DangerousGetHandle();
        attribute[1] = (uint)cgroup.DangerousGetHandle();
        attribute[2] = CgroupSocketOperations;
        return Open(LinkCreate, attribute, "attaching a BPF program to the cgroup");
    }

    /// <summary>False where somebody detached the program, or its cgroup is gone.</summary>
    public static bool IsAttached(SafeFileHandle link)
    {
        const int CgroupOfLink = 2; // struct bpf_link_info: type, id, program id, padding, then the cgroup's id
        var information = stackalloc ulong[AttributeSize / sizeof(ulong)];
        new Span<byte>(information, AttributeSize).Clear();
        var attribute = stackalloc uint[AttributeSize / sizeof(uint)];
        attribute[0] = (uint)link.DangerousGetHandle();
        attribute[1] = AttributeSize;
        ((void**)attribute)[1] = information;
        if (Call(ObjectInformation, attribute) != 0) throw LinuxException.FromLastError("looking at a BPF program's attachment");
        return information[CgroupOfLink] != 0;
    }

    /// <summary>Null, or what went wrong.</summary>
    public static string? TryUpdate(SafeFileHandle map, void* key, void* value)
    {
        var attribute = stackalloc ulong[AttributeSize / sizeof(ulong)];
        attribute[0] = (uint)map.DangerousGetHandle();
        attribute[1] = (ulong)key;
        attribute[2] = (ulong)value;
        return Call(MapUpdate, attribute) == 0 ? null : LinuxException.FromLastError("updating a BPF map").Message;
    }

    public static void Delete(SafeFileHandle map, void* key)
    {
        var attribute = stackalloc ulong[AttributeSize / sizeof(ulong)];
        attribute[0] = (uint)map.DangerousGetHandle();
        attribute[1] = (ulong)key;
        Call(MapDelete, attribute);
    }

    private static SafeFileHandle Load(uint kind, uint attachment, ReadOnlySpan<BpfInstruction> program)
    {
        var attribute = stackalloc uint[AttributeSize / sizeof(uint)];
        attribute[0] = kind;
        attribute[1] = (uint)program.Length;
        attribute[17] = attachment;
        fixed (BpfInstruction* instructions = program)
        fixed (byte* license = "Dual MIT/GPL\0"u8)
        {
            ((void**)attribute)[1] = instructions;
            ((void**)attribute)[2] = license;
            return Open(ProgramLoad, attribute, "loading a BPF program");
        }
    }

    private static SafeFileHandle Open(int command, void* attribute, string attempt)
    {
        var descriptor = Call(command, attribute);
        return descriptor < 0 ? throw LinuxException.FromLastError(attempt) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static nint Call(int command, void* attribute) =>
        Libc.SystemCall(SystemCallNumber, command, attribute, AttributeSize);
}
