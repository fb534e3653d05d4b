using ActorStack.Actors.Serialization;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Links;

namespace ActorStack.TestKit.Driver;

/// <summary>The emulated TOE of a node, whose steps the thread of the network makes in virtual time.</summary>
internal sealed class SteppedToe
{
    private readonly VirtualClock _clock;
    private volatile bool _isWoken;

    public SteppedToe(ILink link, VirtualClock clock)
    {
        _clock = clock;
        Engine = new EmulatedToe(link, HyperionStateCodec.Instance, clock) { Wake = () => _isWoken = true };
    }

    public EmulatedToe Engine { get; }

    /// <summary>When the next step is due by itself; null: it is not.</summary>
    public TimeSpan? NextStep { get; private set; }

    /// <summary>Makes the steps that are due. False: there was none.</summary>
    public bool Turn()
    {
        if (!_isWoken && !(NextStep <= _clock.Now)) return false;
        _isWoken = false;
        NextStep = _clock.Now + Engine.Step();
        return true;
    }
}
