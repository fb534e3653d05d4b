namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>The bench of the algorithm that is being measured; one at a time.</summary>
internal sealed class PathBenches : IDisposable
{
    private PathBench? _bench;
    private string? _congestion;

    public async Task<PathBench> FindAsync(string congestion, CancellationToken cancellation)
    {
        if (_bench is not null && _congestion == congestion) return _bench;
        Discard();
        _bench = await PathBench.StartAsync(congestion, cancellation);
        _congestion = congestion;
        return _bench;
    }

    /// <summary>The next one is made anew.</summary>
    public void Discard()
    {
        _bench?.Dispose();
        _bench = null;
    }

    public void Dispose() => Discard();
}
