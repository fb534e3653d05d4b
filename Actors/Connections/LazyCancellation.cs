namespace ActorStack.Actors.Connections;

/// <summary>
/// A cancellation whose source is created when somebody asks for its token: most connections never need one. Any thread may use
/// it.
/// </summary>
internal struct LazyCancellation
{
    private CancellationTokenSource? _source;
    private volatile bool _isRequested;

    public readonly bool IsRequested => _isRequested;

    /// <summary>The token, or one that is cancelled already.</summary>
    public CancellationToken Token
    {
        get
        {
            if (_isRequested) return new CancellationToken(canceled: true);
            var token = LazyInitializer.EnsureInitialized(ref _source, static () => new CancellationTokenSource()).Token;

            // The request may have come before the source was there to be cancelled.
            return _isRequested ? new CancellationToken(canceled: true) : token;
        }
    }

    /// <summary>Requests the cancellation.</summary>
    /// <returns>The source, which the caller has to cancel; null where nobody has asked for the token.</returns>
    public CancellationTokenSource? Request()
    {
        _isRequested = true;
        Interlocked.MemoryBarrier(); // whoever creates the source after this line sees the request
        return _source;
    }
}
