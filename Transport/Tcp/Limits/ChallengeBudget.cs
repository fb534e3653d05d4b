namespace ActorStack.Transport.Tcp.Limits;

/// <summary>
/// Challenge ACKs of all connections of a stack in one second (RFC 5961 section 7). Their number is drawn again each second, so
/// that nobody can infer from his own challenge ACKs how many others provoked (CVE-2016-5696). Safe for any thread.
/// </summary>
/// <param name="perSecond">On average; between half and one and a half of it.</param>
/// <param name="random">Where the number of each second is drawn from.</param>
public sealed class ChallengeBudget(int perSecond, Random random)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private TimeSpan? _drawnAt;
    private int _left;

    /// <summary>Takes one challenge ACK from the budget; false where none is left in this second.</summary>
    public bool TryTake(TimeSpan now)
    {
        lock (_gate)
        {
            if (_drawnAt is not { } drawn || now - drawn >= Period)
            {
                _drawnAt = now;
                _left = (perSecond + 1) / 2 + random.Next(perSecond);
            }

            if (_left <= 0) return false;
            _left--;
            return true;
        }
    }
}
