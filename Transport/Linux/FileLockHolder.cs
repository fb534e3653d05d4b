using System.Globalization;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Tells who holds the lock of flock(2) on a file. The lock belongs to the open file, and /proc/PID/fdinfo shows it in whichever
/// process has that open now. (/proc/locks names the process that took it, which may have ended and left it to another.)
/// </summary>
public static class FileLockHolder
{
    /// <summary>
    /// The process that holds the exclusive lock on the file. Null where there is none, or where the holder cannot be seen: it is
    /// another user's, runs in another PID namespace, or on another host of a network file system.
    /// </summary>
    public static int? Find(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        using var file = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        if (file.IsInvalid || Identify(file.DangerousGetHandle()) is not { } identity) return null;
        var processes = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var process) ? process : (int?)null);
        return processes.FirstOrDefault(process => process is { } known && Holds(known, identity));
    }

    /// <summary>
    /// The file as locks name it: device and inode, such as <c>fd:01:1234</c>. The device is the mount's: the one of stat(2) is
    /// another on some file systems. Null before Linux 5.14, which does not tell the inode here.
    /// </summary>
    private static string? Identify(nint descriptor)
    {
        string[] information = File.ReadAllLines($"/proc/self/fdinfo/{descriptor}");
        if (ValueOf("ino:") is not { } inode || ValueOf("mnt_id:") is not { } mount) return null;
        var mounts = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' '));
        var device = mounts.FirstOrDefault(fields => fields[0] == mount)?[2]; // major:minor, decimal
        return device?.Split(':') is [var major, var minor] ? $"{Hexadecimal(major)}:{Hexadecimal(minor)}:{inode}" : null;

        string? ValueOf(string key) =>
            information.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();
    }

    private static bool Holds(int process, string identity) =>
        ReadOrNone(() => Directory.GetFiles($"/proc/{process}/fdinfo"))
            .SelectMany(file => ReadOrNone(() => File.ReadAllLines(file))).Any(line => IsLock(line, identity));

    /// <summary>Nothing of what is another user's, or was closed or ended meanwhile.</summary>
    private static string[] ReadOrNone(Func<string[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Hexadecimal(string number) =>
        int.Parse(number, CultureInfo.InvariantCulture).ToString("x2", CultureInfo.InvariantCulture);

    /// <summary>A line such as <c>lock: 1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF</c>.</summary>
    private static bool IsLock(string line, string identity) => line.StartsWith("lock:", StringComparison.Ordinal)
        && line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [_, _, "FLOCK", _, "WRITE", _, var file, ..]
        && file == identity;
}
