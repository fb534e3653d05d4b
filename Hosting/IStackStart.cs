namespace ActorStack.Hosting;

/// <summary>A part of the stack that can be started before its host; the host then does not start it again.</summary>
internal interface IStackStart
{
    /// <summary>Starts the part once, however often it is called.</summary>
    /// <exception cref="StackStartException">The part cannot start here.</exception>
    Task OpenAsync(CancellationToken cancellation);
}
