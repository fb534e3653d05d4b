namespace ActorStack.Actors.Connections;

/// <summary>
/// A cancellation whose source is created when somebody asks for its token: most connections never need one. Any thread may use
/// it.
/// </summary>
internal struct LazyCancellation
{
    /// <summary>Stands in the place of the source from the request on.</summary>
    private static readonly CancellationTokenSource Requested = new();

    private CancellationTokenSource? _source;

    public readonly bool IsRequested => Volatile.Read(in _source) == Requested;

    /// <summary>The token, or one that is cancelled already.</summary>
    public CancellationToken Token
    {
        get
        {
            var source = LazyInitializer.EnsureInitialized(ref _source, static () => new CancellationTokenSource());
            return source == Requested ? new CancellationToken(canceled: true) : source.Token;
        }
    }

    /// <summary>Requests the cancellation.</summary>
    /// <returns>
    /// The source, which the caller has to cancel; null where nobody has asked for the token, or where the cancellation was
    /// requested before.
    /// </returns>
    public CancellationTokenSource? Request() =>
        Interlocked.Exchange(ref _source, Requested) is var source && source != Requested ? source : null;
}
