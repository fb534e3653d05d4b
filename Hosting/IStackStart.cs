namespace ActorStack.Hosting;

/// <summary>A part of the stack that can be started before its host, which then finds it started.</summary>
internal interface IStackStart
{
    /// <summary>Starts it, once however often it is asked.</summary>
    /// <exception cref="StackStartException">The part cannot start here.</exception>
    Task OpenAsync(CancellationToken cancellation);
}
