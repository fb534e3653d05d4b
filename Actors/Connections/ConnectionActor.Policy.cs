using ActorStack.Actors.Policy;

namespace ActorStack.Actors.Connections;

/// <summary>Moves by rule.</summary>
internal sealed partial class ConnectionActor
{
    private static readonly TimeSpan PolicyPause = TimeSpan.FromMilliseconds(100);

    private TimeSpan _consultedAt;

    private void ConsultPolicyAtTimes(TimeSpan now)
    {
        if (_stack.Settings.Policy == OffloadPolicy.None || now - _consultedAt < PolicyPause) return;
        ConsultPolicy(now);
    }

    private void ConsultPolicy(TimeSpan now)
    {
        _consultedAt = now;
    }
}
