using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// A key of /proc/sys/net that is to have one of certain values. Its file stays open: an open one belongs to its network
/// namespace whichever thread uses it, and putting the key back takes no new descriptor.
/// </summary>
internal sealed class SystemControl : IDisposable
{
    private const int LongestValue = 64;

    private readonly string _key;
    private readonly string[] _sufficient;
    private SafeFileHandle _file;
    private ControlRecord? _record;
    private bool _isWritable;

    /// <summary>Sets the key where it has to be. Throws <see cref="LinuxException"/> that says what to do.</summary>
    /// <param name="key">The path of the key below <c>/proc/sys/net</c>, e.g. <c>ipv4/ip_forward</c>.</param>
    /// <param name="sufficient">The values that will do; the first is the one written.</param>
    public SystemControl(string key, string[] sufficient)
    {
        _key = key;
        _sufficient = sufficient;
        _file = Attempt(() => Open(FileAccess.Read));
        try
        {
            Attempt(Join); // also where the value will do already, because another user set it
            Ensure();
        }
        catch (LinuxException)
        {
            Dispose();
            throw;
        }
    }

    public string Key => _key;

    private string Path => $"/proc/sys/net/{_key}";

    private bool IsSufficient => _sufficient.Contains(Read());

    /// <summary>Sets the key unless its value will do. True where it was set. A record that was removed is made again.</summary>
    public bool Ensure() => Attempt(() =>
    {
        _record?.EnsureExists();
        if (IsSufficient) return false;
        if (_record is null) Join();
        OpenToWrite();
        Write(_sufficient[0]);
        return true;
    });

    /// <summary>Puts the key back where nobody else needs it any more.</summary>
    public void Dispose()
    {
        using (_record)
        using (_file)
        {
            if (_record is { } record) Attempt(() => record.Leave(PutBack));
        }
    }

    /// <summary>Becomes one of the users of the key's record, unless nothing needs a change.</summary>
    private void Join()
    {
        var record = ControlRecord.Open(_key);
        try
        {
            if (!record.TryJoin(ReadBefore)) return;
            OpenToWrite();
            _record = record;
        }
        finally
        {
            if (_record != record) record.Dispose();
        }
    }

    // What cannot be written is not recorded.
    private string? ReadBefore()
    {
        var current = Read();
        if (_sufficient.Contains(current)) return null;
        OpenToWrite();
        return current;
    }

    /// <summary>The keys of a device that was made again are others, under the same names.</summary>
    private string Read()
    {
        Span<byte> bytes = stackalloc byte[LongestValue];
        int length;
        try
        {
            length = RandomAccess.Read(_file, bytes, fileOffset: 0);
        }
        catch (FileNotFoundException)
        {
            Reopen(_isWritable ? FileAccess.ReadWrite : FileAccess.Read);
            length = RandomAccess.Read(_file, bytes, fileOffset: 0);
        }

        return Encoding.ASCII.GetString(bytes[..length]).Trim();
    }

    private void Write(string value) => RandomAccess.Write(_file, Encoding.ASCII.GetBytes(value), fileOffset: 0);

    private void PutBack(string before)
    {
        try
        {
            Write(before);
        }
        catch (FileNotFoundException)
        {
            // The key went with its device.
        }
    }

    private void OpenToWrite()
    {
        if (!_isWritable) Reopen(FileAccess.ReadWrite);
        _isWritable = true;
    }

    private void Reopen(FileAccess access)
    {
        var file = Open(access);
        _file.Dispose();
        _file = file;
    }

    private SafeFileHandle Open(FileAccess access) => File.OpenHandle(Path, FileMode.Open, access, FileShare.ReadWrite);

    private void Attempt(Action action) => Attempt(() =>
    {
        action();
        return true;
    });

    private T Attempt<T>(Func<T> function)
    {
        try
        {
            return function();
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not LinuxException)
        {
            throw new LinuxException(
                $"{Path} can't be set: run `sysctl -w net.{_key.Replace('/', '.')}={_sufficient[0]}` as root ({error.Message})");
        }
    }
}
