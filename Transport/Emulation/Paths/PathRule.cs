namespace ActorStack.Transport.Emulation.Paths;

/// <summary>What becomes of certain packets of the first TCP connection over a path, whatever chance says of them.</summary>
/// <param name="Kind">The packets it counts.</param>
/// <param name="First">The first it holds for; 1 is the first of the connection.</param>
/// <param name="Count">For so many from there on.</param>
/// <param name="Delay">They are held back so long; null: they are dropped.</param>
internal sealed record PathRule(PathPacketKind Kind, int First, int Count = 1, TimeSpan? Delay = null)
{
    public bool HoldsFor(PathPacketKind kind, int number) => kind == Kind && number >= First && number < First + Count;
}
