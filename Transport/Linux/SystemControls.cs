using System.Text;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Keys of /proc/sys/net that had to be changed; disposing puts them back. The files stay open, because an open one belongs to its
/// network namespace whichever thread writes it.
/// </summary>
/// <param name="record">Where the values before are kept meanwhile, for a successor of a killed process; null: nowhere.</param>
internal sealed class SystemControls(string? record = null) : IDisposable
{
    private const string BootPath = "/proc/sys/kernel/random/boot_id";

    private readonly Stack<(FileStream File, string Before)> _changed = [];
    private readonly Dictionary<string, string> _before = [];

    /// <summary>Names the calling thread's network namespace; the kernel counts them anew at each boot.</summary>
    private static string Network => $"{File.ReadAllText(BootPath).Trim()}/{NetworkNamespace.CurrentId}";

    /// <summary>Sets the key unless it already has one of the values that will do; the first is the one written.</summary>
    public void Ensure(string key, params ReadOnlySpan<string> sufficient)
    {
        var path = $"/proc/sys/net/{key}";
        var current = File.ReadAllText(path).Trim();
        var before = LeftBehind(key) ?? current;
        if (sufficient.Contains(before)) return;
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            _changed.Push((file, before));
            Record(key, before);
            if (!sufficient.Contains(current)) Write(file, sufficient[0]);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new LinuxException($"{path} is {current} and can't be set: run `sysctl -w net.{key.Replace('/', '.')}={sufficient[0]}` as root ({error.Message})");
        }
    }

    public void Dispose()
    {
        while (_changed.TryPop(out var change))
        {
            using (change.File) Write(change.File, change.Before);
        }

        if (record is not null) File.Delete(record);
    }

    /// <summary>What the key was before a process that was killed in this network namespace changed it.</summary>
    private string? LeftBehind(string key)
    {
        if (record is null || _before.Count > 0 || !File.Exists(record)) return _before.GetValueOrDefault(key);
        foreach (var line in File.ReadLines(record))
        {
            if (line.Split(' ', 3) is [var network, var name, var value] && network == Network) _before.TryAdd(name, value);
        }

        return _before.GetValueOrDefault(key);
    }

    /// <summary>Before the change, so that a kill between the two does no harm.</summary>
    private void Record(string key, string value)
    {
        if (record is not null && _before.TryAdd(key, value)) File.AppendAllText(record, $"{Network} {key} {value}\n");
    }

    private static void Write(FileStream file, string value)
    {
        file.Seek(0, SeekOrigin.Begin);
        file.Write(Encoding.ASCII.GetBytes(value));
    }
}
