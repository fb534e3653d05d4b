using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// How many files and sockets the process may have open (RLIMIT_NOFILE). The runtime has raised the soft limit to the hard one at
/// its start; only an administrator can raise it further.
/// </summary>
public static unsafe class DescriptorLimit
{
    /// <summary>
    /// Descriptors that the connections of the kernel engine leave to everything else: control API, journal, assemblies.
    /// </summary>
    public const int Headroom = 64;

    private const string Spare = "/dev/null";

    /// <summary>The remedies, for messages.</summary>
    public const string WhatToDo = "raise the limit: `ulimit -n` of the shell, LimitNOFILE= of the systemd unit, --ulimit "
        + "nofile= of the container";

    /// <summary>The soft limit of the process; <see cref="long.MaxValue"/> where the system does not tell it.</summary>
    public static long Value
    {
        get
        {
            Libc.ResourceLimit limit;
            return Libc.getrlimit(Libc.LimitOpenFiles, &limit) == 0 ? (long)Math.Min(limit.Soft, long.MaxValue) : long.MaxValue;
        }
    }

    /// <summary>
    /// Whether fewer descriptors than <see cref="Headroom"/> are left. The system gives the lowest number that is free, which
    /// shows it.
    /// </summary>
    public static bool IsNear()
    {
        using var next = Open();
        return next.IsInvalid || (long)next.DangerousGetHandle() >= Value - Headroom;
    }

    /// <summary>
    /// A descriptor that is good for nothing but to be closed when another is needed; invalid where there is none.
    /// </summary>
    internal static SafeFileHandle Open() => Libc.open(Spare, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
}
