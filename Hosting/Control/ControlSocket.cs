using System.Net.Sockets;

namespace ActorStack.Hosting.Control;

/// <summary>
/// The Unix domain socket of the control API, accessible to its owner only. It replaces the socket of a service that has
/// crashed.
/// </summary>
/// <remarks>
/// The file is made under another name and then renamed, so that a process which takes over the connections of another one takes
/// its control socket too.
/// </remarks>
internal sealed class ControlSocket
{
    /// <summary>sockaddr_un holds 108 bytes with the terminating zero.</summary>
    private const int LongestPath = 107;

    public ControlSocket(string path) => Path = System.IO.Path.GetFullPath(path);

    public string Path { get; }

    public UnixDomainSocketEndPoint EndPoint => new(Path);

    /// <summary>Binds without listening, so that no client connects before the permissions are set.</summary>
    /// <param name="replaces">The socket of a running service is replaced, because this one takes it over.</param>
    public Socket Bind(bool replaces = false)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(Path) > LongestPath)
            throw new StackStartException(
                $"The control socket's path is longer than {LongestPath} bytes: {Path}", "Give a shorter path with --control.");

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            if (!replaces) RemoveStale();
            var temporary = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".{Environment.ProcessId}");
            File.Delete(temporary);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(temporary, Path, overwrite: true);
            return socket;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            socket.Dispose();
            throw new StackStartException(
                $"The control socket {Path} cannot be made: {error.Message}",
                "Give a path in a directory you may write to with --control.", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tells whether clients can connect. False: the file was removed, or the listener gave up because the process had no
    /// descriptor left. Where the test itself gets no descriptor, the answer is true.
    /// </summary>
    public bool IsServed()
    {
        if (!File.Exists(Path)) return false;
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            probe.Connect(EndPoint);
            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    public void Remove() => File.Delete(Path);

    private void RemoveStale()
    {
        if (!File.Exists(Path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(EndPoint);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused && IsSocket)
        {
            File.Delete(Path);
            return;
        }
        catch (SocketException) when (!IsSocket)
        {
            throw new StackStartException(
                $"{Path} exists and is no socket.", "Give another path with --control, or remove the file.");
        }

        throw new StackStartException(
            $"The control socket {Path} is in use by a running service.",
            "Stop that service, or give this one another path with --control.");
    }

    /// <summary>Tells whether the path is a socket: only a socket has no length and cannot be opened.</summary>
    private bool IsSocket
    {
        get
        {
            try
            {
                using var file = File.OpenHandle(Path);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }
}
