namespace ActorStack.Hosting;

/// <summary>How a node gives its connections to the other nodes of the cluster.</summary>
public sealed class DrainOptions
{
    /// <summary>The longest limit.</summary>
    public static readonly TimeSpan MaximumLimit = TimeSpan.FromMinutes(5);

    private TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>The only node that is to take the connections; null: all others.</summary>
    public string? Node { get; set; }

    /// <summary>The time after which no further connection is moved, from 0 to <see cref="MaximumLimit"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in the range.</exception>
    public TimeSpan Limit
    {
        get => _limit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumLimit);
            _limit = value;
        }
    }

    /// <summary>
    /// The node takes no new connections from now on, from peers or from other nodes, until its next start: SYNs are answered
    /// with a RST. Otherwise it goes on as before.
    /// </summary>
    public bool Refuses { get; set; }
}
