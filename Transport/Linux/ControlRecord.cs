using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// What a key of /proc/sys/net was before it was changed, in a file that all its users in the network namespace share. Each holds
/// a shared lock on it (flock(2)), which ends with the process, however that ends; the first and the last have it alone.
/// </summary>
internal sealed class ControlRecord : IDisposable
{
    private const string Root = "/run/actorstack/controls";
    private const string BootPath = "/proc/sys/kernel/random/boot_id";
    private const int LongestText = 512;

    private readonly string? _path;
    private readonly string _network;
    private SafeFileHandle _file;

    private ControlRecord(string? path, SafeFileHandle file, string network)
    {
        _path = path;
        _file = file;
        _network = network;
    }

    /// <summary>
    /// The record of the key in the calling thread's network namespace. Where no file can be made, one that nobody else finds.
    /// </summary>
    public static ControlRecord Open(string key)
    {
        try
        {
            var path = PathOf(key);
            return new ControlRecord(path, OpenFile(path), CurrentNetwork);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            var file = Libc.memfd_create(key, Libc.MemoryFileCloseOnExec);
            return new ControlRecord(path: null, Check($"making a file in memory ({error.Message})", file), "");
        }
    }

    /// <summary>
    /// Becomes one of the users, before the key is changed: so a kill between the two does no harm. The first asks
    /// <paramref name="read"/> for the value before; false: that says that nothing needs a change.
    /// </summary>
    public bool TryJoin(Func<string?> read)
    {
        while (true)
        {
            if (IsAlone() && ReadBefore() is null)
            {
                if (read() is not { } before) return false;
                Write($"{_network} {before}");
            }

            Lock(Libc.LockShared);
            if (ReadBefore() is not null) return true; // else the last user left just now
        }
    }

    /// <summary>
    /// Makes the file again where it was removed, with the same content and the lock. A user of the key calls this.
    /// </summary>
    public void EnsureExists()
    {
        if (_path is null || !IsRemoved) return;
        var before = ReadBefore();
        using var removed = _file;
        _file = OpenFile(_path);
        TryJoin(() => before);
    }

    /// <summary>Calls <paramref name="restore"/> with the value before, if there is no other user.</summary>
    public void Leave(Action<string> restore)
    {
        if (!IsAlone() || ReadBefore() is not { } before) return;
        restore(before);
        Write("");
    }

    /// <summary>Unlocks by itself: a child that is just being started may hold the open file a little longer.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed) Lock(Libc.LockNone);
        _file.Dispose();
    }

    /// <summary>Names of namespaces come back, so that there are only so many files; see <see cref="CurrentNetwork"/>.</summary>
    internal static string PathOf(string key) => Path.Combine(Root, $"{NetworkNamespace.CurrentId}", key.Replace('/', '.'));

    /// <summary>The lasting name of the network namespace of the calling thread: the boot and the namespace's cookie.</summary>
    internal static string CurrentNetwork => $"{File.ReadAllText(BootPath).Trim()}/{NetworkNamespace.CurrentCookie}";

    /// <summary>The name under which the kernel has the open file says so; asking for it takes no descriptor.</summary>
    private bool IsRemoved =>
        new FileInfo($"/proc/self/fd/{_file.DangerousGetHandle()}")
            .LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == true;

    private static SafeFileHandle OpenFile(string path)
    {
        const uint OwnerOnly = 0x180; // 0600
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Check($"opening {path}", Libc.open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloseOnExec, OwnerOnly));
    }

    private static SafeFileHandle Check(string attempt, SafeFileHandle file) =>
        file.IsInvalid ? throw LinuxException.FromLastError(attempt) : file;

    /// <summary>Null: the key is as it was; what stands in the file is of another namespace or boot, if anything.</summary>
    private string? ReadBefore()
    {
        Span<byte> bytes = stackalloc byte[LongestText];
        var text = Encoding.ASCII.GetString(bytes[..RandomAccess.Read(_file, bytes, fileOffset: 0)]);
        return text.Split(' ', 2) is [var network, var before] && network == _network ? before : null;
    }

    private void Write(string text)
    {
        RandomAccess.SetLength(_file, 0);
        RandomAccess.Write(_file, Encoding.ASCII.GetBytes(text), fileOffset: 0);
    }

    // A lock that cannot be exchanged is lost (flock(2)): whoever goes on takes it anew.
    private bool IsAlone()
    {
        if (Libc.flock(_file, Libc.LockExclusive | Libc.LockNonBlocking) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Libc.EAGAIN ? false : throw new LinuxException("locking the record of a system control", error);
    }

    private void Lock(int operation)
    {
        if (Libc.flock(_file, operation) != 0) throw LinuxException.FromLastError("locking the record of a system control");
    }
}
