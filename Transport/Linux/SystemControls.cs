using System.Text;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Keys of /proc/sys/net that had to be changed; disposing puts them back. The files stay open, because an open one belongs to its
/// network namespace whichever thread writes it.
/// </summary>
internal sealed class SystemControls : IDisposable
{
    private readonly Stack<(FileStream File, string Before)> _changed = [];

    /// <summary>Sets the key unless it already has one of the values that will do; the first is the one written.</summary>
    public void Ensure(string key, params ReadOnlySpan<string> sufficient)
    {
        var path = $"/proc/sys/net/{key}";
        var before = File.ReadAllText(path).Trim();
        if (sufficient.Contains(before)) return;
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            _changed.Push((file, before));
            Write(file, sufficient[0]);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new LinuxException($"{path} is {before} and can't be set: run `sysctl -w net.{key.Replace('/', '.')}={sufficient[0]}` as root ({error.Message})");
        }
    }

    public void Dispose()
    {
        while (_changed.TryPop(out var change))
        {
            using (change.File) Write(change.File, change.Before);
        }
    }

    private static void Write(FileStream file, string value)
    {
        file.Seek(0, SeekOrigin.Begin);
        file.Write(Encoding.ASCII.GetBytes(value));
    }
}
