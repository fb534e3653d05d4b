namespace ActorStack.Transport.State.Sections;

/// <summary>The pacer of output.</summary>
public sealed record PacingSection
{
    /// <summary>Ticks until the next paced burst; negative: ticks since it could have left.</summary>
    public long NextTicks { get; init; }

    /// <summary>The first flight after idle is paced.</summary>
    public bool PacesRestart { get; init; }
}
