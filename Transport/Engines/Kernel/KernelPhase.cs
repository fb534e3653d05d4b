namespace ActorStack.Transport.Engines.Kernel;

/// <summary>Where a connection is on its way through the kernel.</summary>
internal enum KernelPhase
{
    /// <summary>The socket is built, in repair mode; segments still go to the link.</summary>
    Initiated,
    Running,

    /// <summary>The pumps stop, then it freezes and is read out.</summary>
    Leaving,
    Gone,
}
