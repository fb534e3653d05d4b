using System.Net.Sockets;

namespace ActorStack.Hosting.TakeOver;

/// <summary>
/// The Unix socket on which a running process waits for the one that takes over its connections. Only its owner can connect.
/// </summary>
internal sealed class TakeOverSocket(string path)
{
    private const int Backlog = 4;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Connects to the running process; null: none runs.</summary>
    /// <exception cref="StackStartException">This user may not connect.</exception>
    public Socket? TryConnect()
    {
        var socket = New();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Path));
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            if (error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable || !File.Exists(Path))
                return null;
            throw new StackStartException(
                $"The running process cannot be reached by {Path}: {error.Message}",
                "Start the new process as the user of the running one.", error);
        }
    }

    /// <summary>
    /// Listens in the place of the process that had the path: the file is made under another name and then renamed, so that there
    /// is always one.
    /// </summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    /// <exception cref="SocketException">The file cannot be made.</exception>
    public Socket Listen()
    {
        var socket = New();
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var temporary = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".{Environment.ProcessId}");
            File.Delete(temporary);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(Backlog);
            File.Move(temporary, Path, overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
