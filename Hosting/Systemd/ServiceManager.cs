using System.Net.Sockets;
using System.Text;

namespace ActorStack.Hosting.Systemd;

/// <summary>
/// Tells systemd what it cannot know (sd_notify(3)). Without systemd, or in a unit that is not of <c>Type=notify</c>, nothing is
/// told.
/// </summary>
internal sealed class ServiceManager
{
    private const string Variable = "NOTIFY_SOCKET";

    private readonly string? _path = Environment.GetEnvironmentVariable(Variable);

    /// <summary>This process serves.</summary>
    public void NotifyReady() => Notify("READY=1");

    /// <summary>
    /// The unit goes on with this process, so that the end of the process that it replaces does not end the unit. The unit needs
    /// <c>NotifyAccess=all</c>, because this process is not its main process yet.
    /// </summary>
    public void BecomeMainProcess() => Notify(FormattableString.Invariant($"MAINPID={Environment.ProcessId}"));

    private void Notify(string state)
    {
        if (string.IsNullOrEmpty(_path)) return;
        var path = _path[0] == '@' ? $"\0{_path[1..]}" : _path; // an abstract socket
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.UTF8.GetBytes(state));
    }
}
