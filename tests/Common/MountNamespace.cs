using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common;

/// <summary>A mount namespace of one thread: what is mounted in it nobody else sees, and it goes with the thread.</summary>
public static partial class MountNamespace
{
    private const int NewNamespace = 0x20000; // CLONE_NEWNS
    private const nuint ReadOnly = 0x1;
    private const nuint Remount = 0x20;
    private const nuint Recursive = 0x4000;
    private const nuint Private = 0x40000;
    private const uint Nobody = 65534;

    /// <summary>Runs <paramref name="action"/> in a new one, without anything that continues on another thread.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Check(Libc.unshare(NewNamespace));
                Check(mount("none", "/", null, Recursive | Private, null));
                action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>A file system in memory of so many KiB.</summary>
    public static void MountMemory(string directory, int size) =>
        Check(mount("none", directory, "tmpfs", 0, $"size={size}k,mode=0755"));

    public static void MakeReadOnly(string directory) => Check(mount("none", directory, null, Remount | ReadOnly, null));

    /// <summary>Writes until nothing more goes into it.</summary>
    public static void Fill(string directory)
    {
        using var file = new FileStream(
            Path.Combine(directory, "fill"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The rest of this thread has no right to files but that of everybody.</summary>
    public static void BecomeNobody() => _ = setfsuid(Nobody);

    private static void Check(int result)
    {
        if (result != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Of the calling thread alone (setfsuid(2)).</summary>
    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? kind, nuint flags, string? data);
}
