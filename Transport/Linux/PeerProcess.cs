using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// The process at the other end of a Unix socket, as the kernel knows it. A descriptor of the process (pidfd) tells of its end
/// and cannot come to mean another process that gets the same number later.
/// </summary>
public sealed unsafe class PeerProcess : IDisposable
{
    private const nint PidfdOpen = 434;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SafeFileHandle _process;
    private readonly SafeFileHandle _wake = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
    private readonly Thread _thread;

    private PeerProcess(int id, uint user, SafeFileHandle process)
    {
        (Id, User, _process) = (id, user, process);
        _thread = new Thread(Watch) { IsBackground = true, Name = $"watch of process {id}" };
        _thread.Start();
    }

    /// <summary>The process.</summary>
    public int Id { get; }

    /// <summary>The user that it ran as when it connected.</summary>
    public uint User { get; }

    /// <summary>It ran as the user of this process, or as root.</summary>
    public bool IsTrusted => User == 0 || User == Libc.geteuid();

    /// <summary>Ends when the process has ended. It never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The process that connected or listened on the other end.</summary>
    /// <exception cref="LinuxException">The kernel does not tell: the process has ended, or is in another PID
    /// namespace.</exception>
    public static PeerProcess Of(Socket socket)
    {
        Span<int> credentials = stackalloc int[3]; // struct ucred: process, user, group
        var length = (uint)(credentials.Length * sizeof(int));
        fixed (int* value = credentials)
        {
            if (Libc.getsockopt(socket.SafeHandle, SocketOption.LevelSocket, SocketOption.PeerCredentials, value, &length) != 0)
                throw LinuxException.FromLastError("reading the credentials of a peer");
        }

        if (credentials[0] == 0)
        {
            throw new LinuxException(
                "the process at the other end is in another PID namespace: run both in the same container, or share its PID "
                + "namespace");
        }

        return new PeerProcess(credentials[0], (uint)credentials[1], Open(socket, credentials[0]));
    }

    /// <summary>Ends the watch; <see cref="Ended"/> then never ends.</summary>
    public void Dispose()
    {
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
        _thread.Join();
        _process.Dispose();
        _wake.Dispose();
    }

    /// <summary>The socket knows the very process; kernels before 6.5 know its number only.</summary>
    private static SafeFileHandle Open(Socket socket, int id)
    {
        var descriptor = -1;
        uint length = sizeof(int);
        var result = Libc.getsockopt(
            socket.SafeHandle, SocketOption.LevelSocket, SocketOption.PeerProcessDescriptor, &descriptor, &length);
        if (result != 0) descriptor = (int)Libc.SystemCall(PidfdOpen, id, null, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw LinuxException.FromLastError($"watching process {id}");
    }

    private void Watch()
    {
        var descriptors = stackalloc Libc.PollDescriptor[2];
        descriptors[0] = new() { Descriptor = (int)_process.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[1] = new() { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
        while (true)
        {
            if (Libc.ppoll(descriptors, 2, null, null) < 0) continue; // a signal
            if (descriptors[0].Returned != 0) _ended.TrySetResult();
            return;
        }
    }
}
