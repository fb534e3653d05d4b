using System.Net.Sockets;
using System.Text;

namespace ActorStack.Hosting.Systemd;

/// <summary>
/// Tells systemd what it cannot know (sd_notify(3)). Without systemd, or in a unit that is not of <c>Type=notify</c>, nothing is
/// told.
/// </summary>
/// <param name="path">The socket of systemd; null or empty: there is none.</param>
internal sealed class ServiceManager(string? path)
{
    /// <summary>The variable by which systemd names its socket.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>This process serves.</summary>
    public void NotifyReady() => Notify("READY=1");

    /// <summary>
    /// The unit goes on with this process, so that the end of the process that it replaces does not end the unit. The unit needs
    /// <c>NotifyAccess=all</c>, because this process is not its main process yet.
    /// </summary>
    public void BecomeMainProcess() => Notify(FormattableString.Invariant($"MAINPID={Environment.ProcessId}"));

    private void Notify(string state)
    {
        if (string.IsNullOrEmpty(path)) return;
        var address = path[0] == '@' ? $"\0{path[1..]}" : path; // an abstract socket
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(address));
        socket.Send(Encoding.UTF8.GetBytes(state));
    }
}
