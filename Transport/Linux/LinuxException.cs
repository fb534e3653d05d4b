using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>
/// A system call failed, or a tool that set-up runs. The message says what was tried, why it failed, and the remedy where one is
/// known.
/// </summary>
public sealed class LinuxException : IOException
{
    /// <summary>Makes an exception for a failure that has no error number.</summary>
    /// <param name="message">One sentence: the attempt, why it failed, and what to do where that is known.</param>
    public LinuxException(string message)
        : base(message)
    {
    }

    internal LinuxException(string attempt, int errorNumber)
        : base($"{attempt}: {Describe(errorNumber)}") => ErrorNumber = errorNumber;

    /// <summary>The error number (errno); 0 where no system call failed.</summary>
    public int ErrorNumber { get; }

    internal static LinuxException FromLastError(string attempt) => new(attempt, Marshal.GetLastPInvokeError());

    private static string Describe(int errorNumber) => new Win32Exception(errorNumber).Message;
}
