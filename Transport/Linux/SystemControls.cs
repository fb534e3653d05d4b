using System.Text;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Keys of /proc/sys/net that had to be changed. Disposing puts back those that nobody else in the network namespace needs, as they were
/// before the first, also where a killed one did not. The files stay open, because an open one belongs to its network namespace whichever
/// thread writes it.
/// </summary>
internal sealed class SystemControls : IDisposable
{
    private readonly Stack<(FileStream File, ControlRecord Record)> _changed = [];

    /// <summary>Sets the key unless it already has one of the values that will do; the first is the one written.</summary>
    public void Ensure(string key, params string[] sufficient)
    {
        var path = $"/proc/sys/net/{key}";
        var record = ControlRecord.Open(key);
        FileStream? file = null;
        try
        {
            if (record.TryJoin(ReadBefore))
            {
                file ??= Open(path);
                if (!sufficient.Contains(Read(path))) Write(file, sufficient[0]);
                _changed.Push((file, record));
            }
            else
            {
                record.Dispose();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            record.Dispose();
            file?.Dispose();
            throw new LinuxException($"{path} can't be set: run `sysctl -w net.{key.Replace('/', '.')}={sufficient[0]}` as root ({error.Message})");
        }

        // What cannot be written is not recorded.
        string? ReadBefore()
        {
            var current = Read(path);
            if (sufficient.Contains(current)) return null;
            file = Open(path);
            return current;
        }
    }

    public void Dispose()
    {
        while (_changed.TryPop(out var change))
        {
            using (change.Record)
            using (change.File) change.Record.Leave(before => Write(change.File, before));
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static string Read(string path) => File.ReadAllText(path).Trim();

    private static void Write(FileStream file, string value)
    {
        file.Seek(0, SeekOrigin.Begin);
        file.Write(Encoding.ASCII.GetBytes(value));
    }
}
