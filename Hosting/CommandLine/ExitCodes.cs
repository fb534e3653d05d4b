namespace ActorStack.CommandLine;

/// <summary>The exit codes of the process; 0: success.</summary>
internal static class ExitCodes
{
    public const int Failed = 1;

    /// <summary>The service, the demo or the benchmark lacks a requirement on this machine.</summary>
    public const int CannotStart = Hosting.ActorStackHostExtensions.CannotStart;

    /// <summary>No service answers at the control socket.</summary>
    public const int NoService = 3;

    /// <summary>The service refused the request.</summary>
    public const int Refused = 4;

    /// <summary>The running service lost its device for good.</summary>
    public const int LinkLost = 5;
}
