namespace ActorStack.Transport.Linux;

/// <summary>Something else on the host took away what a link or an engine had set up there.</summary>
/// <param name="Part">The part that was taken away, e.g. <c>route to 10.9.0.1</c>.</param>
/// <param name="Outcome">Whether the part is there again.</param>
/// <param name="Detail">Why it could not be put back, or what follows; empty where it is there again.</param>
/// <param name="IsVital">Connections stand still without it; otherwise something only works less well.</param>
public sealed record HostChange(string Part, HostChangeOutcome Outcome, string Detail = "", bool IsVital = true);
