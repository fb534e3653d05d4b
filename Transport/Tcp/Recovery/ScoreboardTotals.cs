namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>The sums over the runs of a <see cref="Scoreboard"/>.</summary>
internal struct ScoreboardTotals
{
    /// <summary>Bytes that the peer holds beyond a gap.</summary>
    public long SackedBytes { get; private set; }

    /// <summary>Wire segments of <see cref="SackedBytes"/>.</summary>
    public int SackedSegments { get; private set; }

    /// <summary>Bytes whose first transmission is believed lost, retransmitted or not.</summary>
    public long LostBytes { get; private set; }

    /// <summary>Of these, bytes whose retransmission is in the network.</summary>
    public long RetransmittedBytes { get; private set; }

    /// <summary>Bytes believed to be in the network (RFC 6675's pipe).</summary>
    public long InFlight { get; private set; }

    /// <summary>Adds a run.</summary>
    public void Add(in TransmittedRun run) => Tally(run, 1);

    /// <summary>Takes a run off.</summary>
    public void Remove(in TransmittedRun run) => Tally(run, -1);

    /// <summary>A run that was lost is retransmitted.</summary>
    public void OnRetransmitted(int bytes)
    {
        RetransmittedBytes += bytes;
        InFlight += bytes;
    }

    /// <summary>A SACKed run was split into parts that have so many wire segments more.</summary>
    public void OnSackedSplit(int segments) => SackedSegments += segments;

    private void Tally(in TransmittedRun run, int sign)
    {
        var bytes = (long)sign * run.Length;
        var inFlight = 1;
        if (run.IsSacked)
        {
            SackedBytes += bytes;
            SackedSegments += sign * run.Segments;
            inFlight--;
        }

        if (run.Has(RunFlags.Lost))
        {
            LostBytes += bytes;
            inFlight--;
        }

        if (run.Has(RunFlags.Retransmitted))
        {
            RetransmittedBytes += bytes;
            inFlight++;
        }

        InFlight += inFlight * bytes;
    }
}
